"""Evidence: which facts an issue was made from, kept apart from the facts themselves.

Each published issue seals the facts that no issue before it had sealed: number, id and digest of
every one. Later, a fact that was changed, removed or slipped in can be named.
"""

import hashlib

from pymongo import ASCENDING

from services.supervision.facts import fact_of

CHUNK = 5000


class Evidence:
    def __init__(self, collection, facts):
        self.collection = collection
        self.facts = facts

    def seal(self, sources):
        """Keep number, id and digest of each fact up to `sources` (source → last number).

        Repeating it changes nothing. What claims a sealed number later belongs to no issue.
        """
        for source, last in sources.items():
            start = self._sealed(source)
            query = {"source": source, "seq": {"$gt": start, "$lte": last}}
            entries = [_entry(fact) for fact in self._ordered(query)]
            for offset in range(0, len(entries), CHUNK):
                chunk = entries[offset : offset + CHUNK]
                identity = f"{source}|{start}|{offset}"
                document = {"source": source, "until": chunk[-1][0], "entries": chunk}
                self.collection.replace_one({"_id": identity}, document, upsert=True)

    def chain(self, sources, sealed=None):
        """source → SHA-256 over the digests of its facts, in order."""
        chains = {}
        for source, last in sorted(sources.items()):
            total = hashlib.sha256()
            for fact in self._ordered({"source": source, "seq": {"$lte": last}}):
                if sealed is None or fact["_id"] in sealed:
                    total.update(fact["digest"].encode())
            chains[source] = total.hexdigest()
        return chains

    def sealed(self, sources):
        """id → digest of the facts that issues up to `sources` were made from."""
        return {
            identity: digest
            for chunk in self.collection.find({"source": {"$in": list(sources)}})
            for seq, identity, digest in chunk["entries"]
            if seq <= sources[chunk["source"]]
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

    def _sealed(self, source):
        newest = self.collection.find_one({"source": source}, {"until": 1}, sort=[("until", -1)])
        return newest["until"] if newest else 0


def _entry(fact):
    return [fact["seq"], fact["_id"], fact["digest"]]


def _problem(fact, sealed):
    if sealed and sealed != fact.get("digest"):
        return "its digest isn't the one that was sealed"
    try:
        intact = fact_of(fact["event"]) == fact
    except (KeyError, TypeError, ValueError, AttributeError):
        intact = False
    return None if intact else "its content doesn't fit its digest"
