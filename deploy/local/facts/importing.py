"""Entering the facts of a file one by one: what is there stays, and what is refused holds up nobody
but what rests on it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from deploy.local.facts.entered import DIFFERS, NEW, Entered
from deploy.local.facts.fact_builder import Fact, Step
from deploy.local.facts.reader import in_order
from shared.domain.errors import DeadlineExceeded, WarmError
from shared.domain.types import Json
from shared.service.rpc_client import RpcClient

# What became of a fact. In a dry run `new` stands in place of `entered`.
ENTERED, ALREADY, REFUSED = "entered", "already", "refused"

# Takes a command that isn't entered yet, with its arguments: enters it, or checks it. Gives its
# result, if it has one, and raises the error with which it is refused.
Act = Callable[[Step, Json], Json | None]


class Row(NamedTuple):
    """What became of a fact, by its label in the file."""

    verdict: str
    label: str
    message: str


@dataclass
class _Outcome:
    """How many commands of a fact were there before, and how many are new; its first problem."""

    commands: int
    before: int = 0
    new: int = 0
    problem: tuple[str, str] | None = None


class Import:
    """The facts of a file beside what is entered."""

    def __init__(
        self,
        rpc: RpcClient,
        facts: Iterable[Fact],
        describe: Callable[[WarmError], str],
        dry_run: bool = False,
    ) -> None:
        facts = list(facts)
        self.steps = in_order(facts)
        self._entered = Entered(rpc, self.steps)
        self._describe = describe
        self._new = NEW if dry_run else ENTERED
        self._outcomes = {fact.key: _Outcome(len(fact.steps)) for fact in facts}

    def take(self, step: Step, act: Act) -> None:
        """Act on the command if it is new and nothing that it rests on has a problem. Raises
        DeadlineExceeded where a service doesn't answer."""
        outcome = self._outcomes[step.key.label]
        if outcome.problem:
            return
        found = self._entered.find(step)
        if found.verdict == DIFFERS:
            outcome.problem = (DIFFERS, found.message)
        elif found.verdict != NEW:
            outcome.before += 1
        elif missing := self._missing(step):
            outcome.problem = (REFUSED, f"rests on {missing}, which isn't entered")
        else:
            self._act(step, act, outcome)

    def rows(self) -> Iterator[Row]:
        """What became of each fact, in the order of the file."""
        for label, outcome in self._outcomes.items():
            yield self._row(label, outcome)

    def count(self, verdict: str) -> int:
        """How many facts have the verdict."""
        return sum(row.verdict == verdict for row in self.rows())

    def _act(self, step: Step, act: Act, outcome: _Outcome) -> None:
        try:
            result = act(step, self._entered.arguments(step))
        except DeadlineExceeded:
            raise
        except WarmError as error:
            outcome.problem = (REFUSED, f"{step.method}: {self._describe(error)}")
            return
        outcome.new += 1
        if result is not None:
            self._entered.note(step, result)

    def _missing(self, step: Step) -> str | None:
        """The label of a fact with a problem that this command rests on."""
        for about in self._entered.rests_on(step):
            label = about.key.label
            if self._outcomes[label].problem and self._entered.find(about).verdict == NEW:
                return label
        return None

    def _row(self, label: str, outcome: _Outcome) -> Row:
        done = outcome.before + outcome.new
        if outcome.problem:
            verdict, message = outcome.problem
            some = f" ({done} of {outcome.commands} commands are in order)" if done else ""
            return Row(verdict, label, f"{message}{some}")
        if done < outcome.commands:
            return Row("open", label, f"{done} of {outcome.commands} commands are in order")
        if not outcome.new:
            return Row(ALREADY, label, "")
        part = f"{outcome.new} of {outcome.commands} commands" if outcome.before else ""
        return Row(self._new, label, part)
