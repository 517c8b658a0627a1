"""Evidence: which facts an issue was made from, kept apart from the facts themselves.

Each published issue seals the facts that no issue before it had sealed: number, id and digest of
every one. Later, a fact that was changed or removed can be named, and one that was slipped in among
them belongs to no issue.
"""

import hashlib
from contextlib import suppress

from pymongo import ASCENDING
from pymongo.errors import DuplicateKeyError

from services.supervision.facts import is_intact
from shared.topology import SERVICES

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
                query = {"source": source, "seq": {"$gt": start, "$lte": until}}
                chunk = {"_id": f"{source}|{start}", "source": source, "until": until}
                entries = [_entry(fact) for fact in self._ordered(query)]
                with suppress(DuplicateKeyError):
                    self.collection.insert_one(chunk | {"entries": entries})

    def strangers(self):
        """Ids of facts that came with a number that was sealed without them: of no issue, ever."""
        claims = [{"source": source, "seq": {"$lte": self._until(source)}} for source in SERVICES]
        found = self.facts.find({"$or": claims}, {"_id": 1})
        # What is sealed is read last: a seal in between can only add to it.
        claiming = {fact["_id"] for fact in found}
        return claiming - self.sealed().keys()

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

    def sealed(self, sources=None):
        """id → digest of the sealed facts, up to `sources` if that is given."""
        return {
            identity: digest
            for chunk in self.collection.find()
            for seq, identity, digest in chunk["entries"]
            if sources is None or seq <= sources[chunk["source"]]
        }

    def damage(self, sealed):
        """(fact id, what is wrong with it) for every stored fact that isn't as it came, and for
        every sealed one that is gone."""
        missing = set(sealed)
        for fact in self.facts.find():
            missing.discard(fact["_id"])
            problem = _problem(fact, sealed.get(fact["_id"]))
            if problem:
                yield fact["_id"], problem
        for identity in sorted(missing):
            yield identity, "missing, though the issue was made from it"

    def _ordered(self, query):
        fields = {"seq": 1, "digest": 1}
        return self.facts.find(query, fields).sort([("seq", ASCENDING), ("_id", ASCENDING)])

    def _until(self, source):
        newest = self.collection.find_one({"source": source}, {"until": 1}, sort=[("until", -1)])
        return newest["until"] if newest else 0


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
