"""Evidence: which facts an issue was made from, kept apart from the facts themselves.

Each published issue seals the facts that no issue before it had sealed: number, id and digest of
every one. Later, a fact that was changed or removed can be named, and one that was slipped in among
them belongs to no issue.
"""

import hashlib
from contextlib import suppress

from pymongo import ASCENDING
from pymongo.errors import DuplicateKeyError

from services.supervision.facts.fact_store import is_intact
from shared.platform.topology import SERVICES

CHUNK = 5000


class Evidence:
    def __init__(self, collection, facts):
        self.collection = collection
        self.facts = facts

    def seal(self, sources):
        """Keep number, id and digest of each fact up to `sources` (source → last number).

        Chunks are only ever added, each beginning where the one before ends: whoever seals at the
        same time finds the place taken, and goes on from there.
        """
        for source, last in sources.items():
            while (start := self._until(source)) < last:
                until = min(last, start + CHUNK)
                chunk = {"_id": f"{source}|{start}", "source": source, "until": until}
                facts = self._ordered(_claiming(source, start, until))
                entries = [_entry(fact) for fact in facts]
                with suppress(DuplicateKeyError):
                    self.collection.insert_one(chunk | {"entries": entries})

    def strangers(self):
        """Ids of facts that came with a number that was sealed without them: of no issue, ever."""
        found = set()
        for query, entries in self._sealed():
            claiming = {fact["_id"] for fact in self.facts.find(query, {"_id": 1})}
            found |= claiming - {identity for _, identity, _ in entries}
        return found

    def chain(self, sources, strangers):
        """source → SHA-256 over the digests of its facts, in order."""
        chains = {}
        for source, last in sorted(sources.items()):
            total = hashlib.sha256()
            for fact in self._ordered({"source": source, "seq": {"$lte": last}}):
                if fact["_id"] not in strangers:
                    total.update(fact["digest"].encode())
            chains[source] = total.hexdigest()
        return chains

    def damage(self, sources):
        """Fact id → what is wrong with it: of every stored fact that isn't as it came, and of every
        one that was sealed up to `sources` and is gone."""
        # Read first: what is sealed meanwhile is looked at twice rather than never.
        rest = {"$nor": [_claiming(source, 0, self._until(source)) for source in SERVICES]}
        found = {}
        for query, entries in self._sealed():
            last = sources[query["source"]]
            sealed = {identity: digest for seq, identity, digest in entries if seq <= last}
            found |= self._damaged(query, sealed)
        return self._damaged(rest, {}) | found

    def _damaged(self, query, sealed):
        """Of the facts that match, and of those that were sealed."""
        found, missing = {}, set(sealed)
        for fact in self.facts.find(query):
            missing.discard(fact["_id"])
            found[fact["_id"]] = _problem(fact, sealed.get(fact["_id"]))
        found |= dict.fromkeys(missing, "missing, though the issue was made from it")
        # One whose number was changed isn't where it was.
        for fact in self.facts.find({"_id": {"$in": sorted(missing)}}):
            found[fact["_id"]] = _problem(fact, sealed[fact["_id"]])
        return {identity: problem for identity, problem in found.items() if problem}

    def _sealed(self):
        """Of each chunk: a query for the facts that claim its numbers now, and its entries. What is
        held in memory doesn't grow with the facts."""
        for chunk in self.collection.find():
            start = int(chunk["_id"].rsplit("|", 1)[1])
            yield _claiming(chunk["source"], start, chunk["until"]), chunk["entries"]

    def _ordered(self, query):
        fields = {"seq": 1, "digest": 1}
        return self.facts.find(query, fields).sort("seq", ASCENDING)

    def _until(self, source):
        newest = self.collection.find_one({"source": source}, {"until": 1}, sort=[("until", -1)])
        return newest["until"] if newest else 0


def _claiming(source, after, until):
    """A query for the facts that claim one of these numbers."""
    return {"source": source, "seq": {"$gt": after, "$lte": until}}


def _entry(fact):
    return [fact["seq"], fact["_id"], fact["digest"]]


def _problem(fact, sealed):
    if sealed and sealed != fact.get("digest"):
        return "its digest isn't the one that was sealed"
    try:
        intact = is_intact(fact)
    except (KeyError, TypeError, ValueError, AttributeError):
        intact = False
    return None if intact else "its content doesn't fit its digest"
