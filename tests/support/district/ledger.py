"""What was acknowledged: the one side of the reckoning that no service has a part in."""

from collections import defaultdict
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True)
class Command:
    id: str
    service: str
    method: str
    arguments: dict


@dataclass(frozen=True)
class Entry:
    """A command with what its service answered."""

    command: Command
    result: dict

    @property
    def subject(self):
        """The aggregate that the command made or changed."""
        return self.command.service, self.result["id"]


class Ledger:
    """Any number of callers may write to it at once."""

    def __init__(self):
        self._entries = {}
        self._lock = Lock()
        # Commands that were answered differently when they were given again.
        self.contradictions = []

    def acknowledge(self, command, result):
        with self._lock:
            known = self._entries.setdefault(command.id, Entry(command, result))
            if known.result != result:
                self.contradictions.append((command.id, known.result, result))

    def __len__(self):
        return len(self._entries)

    def entries(self):
        with self._lock:
            return list(self._entries.values())

    def histories(self):
        """The entries of each subject, in the order in which they changed it."""
        found = defaultdict(list)
        for entry in self.entries():
            found[entry.subject].append(entry)
        for history in found.values():
            history.sort(key=lambda entry: entry.result["version"])
        return found
