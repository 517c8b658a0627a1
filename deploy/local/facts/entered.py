"""What of a file is entered already: the services are asked for each of its commands."""

from collections.abc import Iterable
from typing import NamedTuple

from deploy.local.facts.fact_builder import Step
from shared.aggregates.aggregate import fingerprint
from shared.domain.types import Json
from shared.service.rpc_client import RpcClient

# Verdicts of a command.
NEW, SAME, DIFFERS = "new", "same", "differs"

# Arguments that aren't part of what a command says.
NOT_SAID = ("command_id",)


class Found(NamedTuple):
    """Is the command entered already? `message` says how it differs."""

    verdict: str
    message: str = ""


class Entered:
    """The commands of a file beside those that the services have carried out.

    A fact that a release before 0.3 entered is known by its former command ids, and goes on under
    the id that it got then.
    """

    def __init__(self, rpc: RpcClient, steps: Iterable[Step]) -> None:
        self._rpc = rpc
        self._creators = {created: step for step in steps if (created := step.creates)}
        # The id that a command of the file would create → the id of what is there.
        self._ids: dict[str, str] = {}
        self._found: dict[tuple[str, str], Found] = {}
        # Labels of facts that no release before 0.3 entered.
        self._later: set[tuple[str, str]] = set()

    def arguments(self, step: Step) -> Json:
        """The command's arguments, with the ids of what is there."""
        for about in self.rests_on(step):
            self.find(about)
        return {name: self._ids.get(str(it), it) for name, it in step.arguments.items()}

    def rests_on(self, step: Step) -> list[Step]:
        """The commands of the file that create what this one names."""
        named = (it for it in step.arguments.values() if isinstance(it, str))
        return [self._creators[it] for it in named if it in self._creators]

    def find(self, step: Step) -> Found:
        """Is the command entered? Asked once."""
        command = (step.service, step.command_id)
        if command not in self._found:
            # Two occasions may name each other.
            self._found[command] = Found(NEW)
            self._found[command] = self._ask(step)
        return self._found[command]

    def note(self, step: Step, result: Json) -> None:
        """The command was carried out with this result."""
        self._found[step.service, step.command_id] = Found(SAME)
        self._keep_id(step, result)

    def _ask(self, step: Step) -> Found:
        said = {name: it for name, it in self.arguments(step).items() if name not in NOT_SAID}
        given = fingerprint(step.method, said)
        known = self._command(step, step.command_id, given)
        former = None if known["known"] else self._former(step, given)
        if not known["known"] and former is None:
            return Found(NEW)
        found = former or known
        self._keep_id(step, found["result"])
        if found["same"]:
            return Found(SAME)
        return Found(
            DIFFERS,
            f"{step.method}: entered on {found['recorded'][:10]} with other content"
            f" (command {step.command_id if former is None else found['id']})",
        )

    def _former(self, step: Step, given: str) -> Json | None:
        """The command as a release before 0.3 entered it, under a number that may have changed
        since. One that says something else is another fact's, unless the file gives the id."""
        label = (step.service, step.key.label)
        if label in self._later:
            return None
        differs = None
        number = 0
        while True:
            number += 1
            former = step.key.former_command_id(number)
            found = self._command(step, former, given) | {"id": former}
            if not found["known"]:
                break
            if found["same"]:
                return found
            if number == step.number and found["method"] == step.method and step.key.given:
                differs = found
        if number == 1:
            self._later.add(label)
        return differs

    def _command(self, step: Step, command_id: str, given: str) -> Json:
        found: Json = self._rpc.call(
            step.service, "command", command_id=command_id, arguments=given
        )
        return found

    def _keep_id(self, step: Step, result: Json) -> None:
        if step.creates and step.creates != result["id"]:
            self._ids[step.creates] = result["id"]
