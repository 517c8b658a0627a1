"""The commands of the programme office on an issue: draft, approve, publish, revise."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from eventlet.semaphore import Semaphore

from services.supervision.briefing.assemble import document
from services.supervision.briefing.folded_week import FoldedWeek
from services.supervision.briefing.revisions import (
    ChangeCauses,
    changed_parts,
    draft_issue,
    fold_with_causes,
)
from services.supervision.documents import DISCARDED, ISSUED, WITHDRAWN, Briefing
from services.supervision.facts.sources import SourceState
from services.supervision.figures.figure_cache import retry_when_replaced
from services.supervision.forms.renderer import RENDERER, renderer_of
from services.supervision.indicators import PRESENT, RULES, rules_of
from services.supervision.indicators.rules import Rules
from services.supervision.proof import stored_facts
from services.supervision.proof.sealed_facts import Checked
from services.supervision.workflow.issue_editions import IssueEditions
from services.supervision.workflow.issue_queries import IssueQueries
from services.supervision.workflow.publication_checks import (
    require_answers,
    require_approved_content,
    require_beginning,
    require_cutoff,
    require_drafted_after_cutoff,
    require_in_programme,
    require_known_rules,
    require_present_form,
    require_reconciled,
    require_true_clock,
)
from services.supervision.workflow.review import require_other_eyes, require_person
from services.supervision.workflow.signing_keys import SigningKeys
from shared.aggregates.aggregate import Command
from shared.aggregates.repository import EXISTS
from shared.contracts.envelope import Moment
from shared.contracts.series import issue_id
from shared.domain.errors import NotFound, ValidationFailed
from shared.domain.periods import Period, Week, format_instant
from shared.domain.report_periods import parse_period
from shared.domain.types import Json

PUBLISHING = Semaphore()
UNCHANGED = "no figure and no other part of the week's content has changed"


class BriefingLifecycle:
    """`first_week` is the programme's first week; None where there is no limit. With `four_eyes` an
    issue is approved by another person than who prepared it."""

    def __init__(
        self,
        issues: IssueQueries,
        editions: IssueEditions,
        first_week: Week | None = None,
        four_eyes: bool = True,
    ) -> None:
        self.issues = issues
        self.editions = editions
        self.four_eyes = four_eyes
        self.present = PRESENT.beginning_in(first_week)
        self.repository = issues.repository
        self.projection = issues.projection
        self.signer = issues.signer

    def draft(self, command: Command, period: Period) -> Json:
        """Seal the week and draft it from everything known now. Repeatable until publication."""
        return self.repository.done(command) or self._draft(command, period)

    def _draft(self, command: Command, period: Period) -> Json:
        self._require_begun(command, period)
        revision = self._open_revision(period)
        identity = issue_id(period, revision)
        before = self.issues.replaced_document(identity)
        rules = self._rules_of_draft(identity, before)
        require_in_programme(period, rules)
        states = self.projection.close(command, period)
        edits = self.issues.edited_points(identity)
        draft = self._new_draft(states, period, rules, before, edits)
        act, state = self._drafting(command, draft)
        return self.repository.put(Briefing, identity, command, act, revision=revision, **state)

    def draft_first(self, command: Command, period: Period) -> Json:
        """Draft a week that has no briefing yet. Raises Conflict where it has one meanwhile."""
        states = self.projection.close(command, period)
        act, state = self._drafting(command, self._new_draft(states, period, self.present))
        return self._begin(issue_id(period), command, act, state)

    def discard(self, command: Command, period: Period, reason: str) -> Json:
        """Give up the draft of an issue or of a revision. Raises NotFound where there is none, and
        Conflict where the last revision is published."""
        at, moment = format_instant(command.recorded), Moment(command.recorded)
        return self._change(command, period, lambda it: it.discard(reason, at, moment))

    def revise(
        self, command: Command, period: Period, reason: Json, under_present_rules: bool
    ) -> Json:
        """Draft a revision of the published issue: by the issue's own rules, or by the present ones
        where a person says that a rule was wrong.

        Raises Conflict when nothing has changed, and when another revision has been drafted.
        """
        done = self.repository.done(command)
        return done or self._revise(command, period, reason, under_present_rules)

    def _revise(
        self, command: Command, period: Period, reason: Json, under_present_rules: bool
    ) -> Json:
        before = self.issues.latest(period)
        if before.status not in ISSUED:
            before.refuse(action="revise", status=before.status, possible_from=list(ISSUED))
        rules = self.present if under_present_rules else self._own_rules(before, "revise")
        require_in_programme(period, rules)
        states, printed = self.projection.close(command, period), json.loads(before.document)
        edits = printed.get("edited_points", [])
        draft = self._new_draft(states, period, rules, printed, edits)
        if before.status != WITHDRAWN and not self._changes(period, printed, draft):
            before.refuse(action="revise", reason=UNCHANGED)
        act, state = self._drafting(command, draft)
        state |= {"revision": before.revision + 1, "issue": before.issue, "replaces": before.urn}
        identity = issue_id(period, before.revision + 1)
        return self._begin(identity, command, act, state | {"reason": reason})

    def proposal(self, period: Period, under_present_rules: bool) -> Json:
        """What a revision of the published issue would change, from everything known now."""
        before = self.issues.latest(period)
        if before.document is None:
            before.refuse(action="propose", status=before.status, possible_from=list(ISSUED))
        rules = self.present if under_present_rules else self._own_rules(before, "propose")
        require_in_programme(period, rules)
        printed = json.loads(before.document)
        draft = self._new_draft(self.projection.source_states(), period, rules, printed)
        return {
            "period": str(period),
            "revision": before.revision,
            "changes": draft["late"],
            "told_differently": self._changed_parts(period, printed, draft),
            "rules": rules.version,
            "rules_before": draft["rules_before"],
        }

    def approve(self, command: Command, period: Period, content_digest: str) -> Json:
        """Approve the draft that was read: the one whose digest begins with `content_digest`.

        Raises Forbidden for an actor that isn't a person; with four eyes also for who prepared it.
        """
        require_person(command, "approves")
        who, moment = self.issues.who(command), Moment(command.recorded)

        def act(briefing: Briefing) -> None:
            briefing.require("approve")
            require_present_form(briefing, "approve")
            require_beginning(briefing, self.present, "approve")
            before = self.issues.replaced_document(briefing.id)
            replaced = before["masthead"]["published_at"] if before else None
            require_true_clock(briefing, command.recorded, replaced)
            require_other_eyes(briefing, command, self.four_eyes)
            briefing.approve(who, content_digest, self.four_eyes, moment)

        return self._change(command, period, act)

    def publish(self, command: Command, period: Period) -> Json:
        """Publish the approved draft. Raises the Conflict that says what is missing."""
        # One after another: each public edition is made with all those before it. Another instance
        # is noticed by the number, and what was made is made again.
        with PUBLISHING:
            return self._change(command, period, lambda briefing: self._publish(command, briefing))

    def _open_revision(self, period: Period) -> int:
        """The revision that can be drafted. Raises Conflict where the last one is published."""
        try:
            briefing = self.issues.latest(period)
        except NotFound:
            return 0
        if briefing.status in ISSUED:
            reason = "a published issue never changes; revise it"
            briefing.refuse(action="draft", status=briefing.status, reason=reason)
        revision: int = briefing.revision
        return revision

    @staticmethod
    def _require_begun(command: Command, period: Period) -> None:
        if command.recorded < period.start:
            wanted = f"a period that has begun, such as {type(period).of(command.recorded)}"
            begins = format_instant(period.start)
            raise ValidationFailed({"period": [f"Must be {wanted}: {period} begins on {begins}."]})

    def _drafting(self, command: Command, draft: Json) -> tuple[Callable[[Briefing], None], Json]:
        """The change that makes the draft, and the state of a new briefing."""
        who, at = self.issues.who(command), format_instant(command.recorded)
        moment = Moment(command.recorded)

        def act(briefing: Briefing) -> None:
            briefing.draft(draft, who, at, moment)

        named = {name: draft[name] for name in ("series", "period")}
        return act, {"orgunit": draft["masthead"]["district"], **named}

    def _begin(
        self, identity: str, command: Command, act: Callable[[Briefing], None], state: Json
    ) -> Json:
        """A new draft, perhaps in place of one that was discarded. Raises Conflict where there is
        another one."""
        if not self.repository.find(Briefing, _id=identity, status=DISCARDED):
            return self.repository.create(Briefing, command, act, identity=identity, **state)

        def again(briefing: Briefing) -> None:
            if briefing.status != DISCARDED:
                briefing.refuse(reason=EXISTS)
            for name, value in state.items():
                setattr(briefing, name, value)
            act(briefing)

        return self.repository.change(Briefing, identity, command, again)

    def _change(self, command: Command, period: Period, act: Callable[[Briefing], None]) -> Json:
        """Change the week's last revision. A repeated command gets its first result."""
        done = self.repository.done(command)
        return done or self.repository.change(Briefing, self.issues.latest(period).id, command, act)

    def _publish(self, command: Command, briefing: Briefing) -> None:
        briefing.require("publish")
        require_present_form(briefing, "publish")
        require_beginning(briefing, self.present, "publish")
        require_cutoff(briefing, command.recorded)
        require_drafted_after_cutoff(briefing)
        require_answers(briefing)
        sources, sealed = briefing.freeze["sources"], self.projection.sealed
        # Sealed first: from here on, a change of the issue's facts is noticed.
        sealed.evidence.seal(sources)
        checked = sealed.check(sources)
        digests = sealed.digests(sources, checked)
        freeze = briefing.freeze | {"facts": digests.chains}
        masthead = self.issues.masthead(briefing, "final") | {
            "issue": briefing.issue or self._next_issue(parse_period(briefing.period)),
            "published_at": format_instant(command.recorded),
            "facts_root": stored_facts.printed(digests.root),
        }
        unsigned = self._document(briefing, freeze, masthead, checked)
        # Nothing is refused from here on.
        SigningKeys(self.repository, self.signer, briefing.orgunit).announce_present()
        stored = self.editions.published(briefing, unsigned, digests.root)
        briefing.publish(stored, Moment(command.recorded))

    def _document(self, briefing: Briefing, freeze: Json, masthead: Json, checked: Checked) -> Json:
        """The document to be published. Raises Conflict where it isn't reconciled or not what was
        approved, and for a revision that changes nothing."""
        period = parse_period(briefing.period)
        before = self.issues.replaced_document(briefing.id)
        week, causes = self._sealed_week(period, freeze, before, checked)
        last_week = self.issues.named_document(freeze, period)
        edits = self.issues.edited_points(briefing.id)
        draft = draft_issue(week, freeze, causes, before, last_week, edits)
        unsigned = document(draft, masthead)
        require_reconciled(briefing, unsigned)
        require_approved_content(briefing, unsigned)
        if before and not self._changes(period, before, unsigned):
            # After a withdrawal nothing is in force that it would repeat.
            replaced = self.issues.issue(period, briefing.revision - 1)
            if replaced.status != WITHDRAWN:
                briefing.refuse(action="publish", reason=UNCHANGED)
        return unsigned

    def _sealed_week(
        self, period: Period, freeze: Json, before: Json | None, checked: Checked
    ) -> tuple[FoldedWeek, ChangeCauses]:
        """The week from the facts of the issue. All of them are folded where any of them was
        changed, or where the sealed figures are no help."""
        sources, rules = freeze["sources"], rules_of(freeze)
        since = before["freeze"]["sources"] if before else sources
        if not (checked.damaged or checked.evidence or checked.untrusted):
            figures = self.projection.sealed_figures
            found = retry_when_replaced(lambda: figures.week(period, rules, sources, since))
            if found:
                return found
        facts = self.projection.facts.frozen(sources, checked.untrusted)
        return fold_with_causes(period, rules, facts, since)

    def _changes(self, period: Period, before: Json, draft: Json) -> bool:
        """Does a revision change a figure, or another part of the week?"""
        return bool(draft["late"] or self._changed_parts(period, before, draft))

    @staticmethod
    def _own_rules(issue: Briefing, action: str) -> Rules:
        """The rules by which the issue was made. Raises Conflict where they aren't known here."""
        require_known_rules(issue, action)
        return rules_of(issue.freeze)

    def _rules_of_draft(self, identity: str, before: Json | None) -> Rules:
        """The rules for another draft of this revision: those of the issue before, unless a person
        asked for the present ones."""
        if before is None:
            return self.present
        own, known = before["freeze"], self.repository.get(Briefing, identity).freeze
        same = all(own.get(name) == known.get(name) for name in ("rules", "first_week"))
        return rules_of(own) if same and own["rules"] in RULES else self.present

    def _changed_parts(self, period: Period, before: Json, draft: Json) -> list[str]:
        """The parts of the week that differ from the issue `before`, beside its figures.

        Where that was made in other words, it is compared as its facts would be printed now: a new
        version of the system alone changes nothing.
        """
        if renderer_of(before["freeze"]) != RENDERER:
            freeze = before["freeze"] | {"renderer": RENDERER}
            facts = self.projection.frozen(freeze["sources"])
            week, causes = fold_with_causes(period, rules_of(freeze), facts, freeze["sources"])
            before = draft_issue(week, freeze, causes, None)
        return changed_parts(before, draft)

    def _new_draft(
        self,
        states: list[SourceState],
        period: Period,
        rules: Rules,
        before: Json | None = None,
        edits: Iterable[Json] = (),
    ) -> Json:
        """The draft of the week from everything known now. `before` is the document that it
        revises; `edits` are main points in a person's words."""
        marks = {state.source: state.mark for state in states}
        since = before["freeze"]["sources"] if before else None
        week, causes, sources = retry_when_replaced(
            lambda: self._read_week(period, rules, marks, since)
        )
        freeze = self._freeze(states, sources, rules) | {
            # A revision is compared with what the issue was compared with.
            "last_week": before["freeze"].get("last_week")
            if before
            else self.issues.last_week(period)
        }
        last_week = self.issues.named_document(freeze, period)
        return draft_issue(week, freeze, causes, before, last_week, edits)

    def _read_week(
        self,
        period: Period,
        rules: Rules,
        marks: dict[str, int],
        since: Mapping[str, int] | None,
    ) -> tuple[FoldedWeek, ChangeCauses, dict[str, int]]:
        """The week, the causes of its changes, and the number up to which each source is read.

        All facts are folded for a longer period, and where the figures follow other rules, or
        contain facts beyond a gap.
        """
        if not isinstance(period, Week):
            facts = self.projection.frozen(marks)
            return *fold_with_causes(period, rules, facts, since or marks), marks
        with self.projection.snapshot(marks, rules) as snapshot:
            if snapshot:
                week_query, sources = snapshot
                return *week_query.week(period, since or sources), sources
            facts = self.projection.frozen(marks)
            return *fold_with_causes(period, rules, facts, since or marks), marks

    def _freeze(self, states: list[SourceState], sources: Mapping[str, int], rules: Rules) -> Json:
        """The facts, rules and renderer of a draft, and the sources and messages that are missing
        in it."""
        reached = [replace(state, mark=sources[state.source]) for state in states]
        return {
            "sources": sources,
            "incomplete": {item.source: item.problem for item in reached if item.problem},
            "parked": self.projection.dead_letters(),
            "rules": rules.version,
            "first_week": str(rules.first_week) if rules.first_week else None,
            "renderer": RENDERER,
            "facts": None,
        }

    def _next_issue(self, period: Period) -> int:
        """In the series of such periods."""
        found = self.repository.fields(Briefing, ("period", "issue"))
        same = (it for it in found if type(parse_period(it["period"])) is type(period))
        return 1 + max((it.get("issue") or 0 for it in same), default=0)
