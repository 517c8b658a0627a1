"""What some batches have touched, and nobody has folded yet.

A batch notes which subjects it touches before it inserts its facts, and afterwards that the
note is whole. Noted before, it outlives a crash in between; only when it is whole a folder may take
it away.

While a rebuild is at work (rebuild.py) what was folded is noted on: it is folded again afterwards.
"""

import uuid

from pymongo.write_concern import WriteConcern

# How many notes are folded at once.
AT_ONCE = 200

# After so long a batch that noted what it would touch isn't at work any more.
STALE_MS = 60_000


class PendingFolds:
    """`session` is given where they are read as they were at one instant; `rebuilds` where there
    may be any."""

    def __init__(self, collection, rebuilds=None, session=None):
        self.collection = collection
        self._hasty = collection.with_options(write_concern=WriteConcern(w=1))
        self.rebuilds = rebuilds
        self.session = session

    def touch(self, subjects):
        """Note that facts of these subjects are about to come."""
        note = str(uuid.uuid4())
        # What is written to the same server afterwards isn't kept without it.
        self._note(self._hasty, note, subjects, whole=False)
        return note

    def touched(self, note, subjects):
        """The facts of the note are there."""
        whole = [{"$set": {"whole": True, "at": "$$NOW"}}, {"$unset": "kept"}]
        if not self.collection.update_one({"_id": note}, whole).matched_count:
            # Another server took over, or a folder found it old.
            self._note(self.collection, note, subjects, whole=True)

    def subjects(self):
        """The subjects of all notes."""
        return subjects_of(self.collection.find({}, session=self.session))

    def unfolded(self):
        """How many batches have touched what isn't folded yet."""
        return self.collection.count_documents(self._not_kept())

    def fold(self, fold):
        """`fold(subjects)` what some notes name, and take them away. Returns how many."""
        notes = list(self.collection.find(_READY | self._not_kept()).limit(AT_ONCE))
        # Asked once they are read: a rebuild that begins later finds all their facts.
        rebuild = self._rebuild_at_work()
        fold(subjects_of(notes))
        for whole in (True, False):
            ids = [note["_id"] for note in notes if note["whole"] == whole]
            # One that has become whole meanwhile is left for the next time.
            self._settle({"_id": {"$in": ids}, "whole": whole}, rebuild)
        return len(notes)

    def _settle(self, query, rebuild):
        """These notes are folded: not needed any more, but by a rebuild that is at work."""
        if rebuild:
            self.collection.update_many(query, {"$set": {"kept": rebuild}})
        else:
            self.collection.delete_many(query)

    def _not_kept(self):
        """A query for notes that aren't kept for the present rebuild alone."""
        rebuild = self._rebuild_at_work()
        return {"kept": {"$ne": rebuild}} if rebuild else {}

    def _rebuild_at_work(self):
        return self.rebuilds.at_work() if self.rebuilds else None

    @staticmethod
    def _note(collection, note, subjects, whole):
        noted = {"subjects": {"$literal": list(subjects)}, "whole": whole, "at": "$$NOW"}
        collection.update_one({"_id": note}, [{"$set": noted}], upsert=True)


def subjects_of(notes):
    return {subject for note in notes for subject in note["subjects"]}


_READY = {
    "$or": [
        {"whole": True},
        {"$expr": {"$lt": ["$at", {"$subtract": ["$$NOW", STALE_MS]}]}},
    ]
}
