"""Supervision (督导考评): the registry of org units, the facts, the reports."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from nameko.timer import timer

from services.supervision.assessment.commands import AssessmentCommands
from services.supervision.briefing.live import live
from services.supervision.documents import OrgUnit
from services.supervision.indexes import INDEXES
from services.supervision.oversight.commands import OversightCommands
from services.supervision.oversight.findings import Finding
from services.supervision.receipts.receipts import WATCH_SECONDS, Receipts
from services.supervision.receipts.subscriber_commands import SubscriberCommands
from services.supervision.workflow.assessment_evidence import AssessmentEvidence
from services.supervision.workflow.assessment_queries import AssessmentQueries
from services.supervision.workflow.briefing_lifecycle import BriefingLifecycle
from services.supervision.workflow.draft_schedule import TIMER_SECONDS, draft_due
from services.supervision.workflow.form_stream import SEND_SECONDS, FormStream
from services.supervision.workflow.issue_editions import IssueEditions
from services.supervision.workflow.issue_forms import IssueForms
from services.supervision.workflow.issue_queries import IssueQueries
from services.supervision.workflow.issue_reading import IssueReading
from services.supervision.workflow.issue_signer import issue_signer, records_key
from services.supervision.workflow.issue_verifying import IssueVerifying
from services.supervision.workflow.key_commands import KeyCommands
from services.supervision.workflow.nomination_commands import NominationCommands
from services.supervision.workflow.projection import Projection
from services.supervision.workflow.registry import Registry
from services.supervision.workflow.restored_issues import complete_issues
from services.supervision.workflow.review import Review
from shared.aggregates.aggregate import CarriedOut, Command
from shared.contracts.envelope import Moment
from shared.contracts.messages import Message
from shared.contracts.rpc import (
    assessment,
    editions,
    rebuilds,
    receipts,
    registry,
    review,
    supervision,
)
from shared.domain.periods import Period
from shared.domain.types import Json, Method
from shared.messaging.deliveries import Rejection
from shared.platform.settings import Settings
from shared.service.base_service import Service
from shared.service.due_days import SETTLE_SECONDS, settle_due_days
from shared.service.inbox import inbox
from shared.service.orgunit_sync import compare_registry
from shared.service.rpc_server import rpc_methods

rpc = rpc_methods(
    registry.METHODS
    | assessment.METHODS
    | editions.METHODS
    | review.METHODS
    | receipts.METHODS
    | rebuilds.METHODS
    | supervision.METHODS
)
watch_at_intervals: Callable[[Method], Method] = timer(interval=WATCH_SECONDS, eager=True)
at_intervals: Callable[[Method], Method] = timer(interval=TIMER_SECONDS)
send_at_intervals: Callable[[Method], Method] = timer(interval=SEND_SECONDS, eager=True)
settle_at_intervals: Callable[[Method], Method] = timer(interval=SETTLE_SECONDS)


class SupervisionService(
    OversightCommands,
    AssessmentCommands,
    NominationCommands,
    KeyCommands,
    SubscriberCommands,
    Service,
):
    name = "supervision"
    indexes = INDEXES

    projection = Projection()

    @staticmethod
    def keys(settings: Settings) -> dict[str, Any]:
        return {"issues": issue_signer(settings), "records": records_key(settings)}

    @rpc
    def register_orgunit(
        self, command: Command, code: str, parent: str | None, **unit: Any
    ) -> Json:
        """Add a unit to the registry, under its parent. A code is never used twice."""

        def register() -> Json:
            self._registry.check_new(code, parent, unit["level"], unit["name"])
            self._registry.check_origin(code, unit)
            return self.repository.create(
                OrgUnit,
                command,
                lambda orgunit: orgunit.register(Moment(command.recorded)),
                identity=code,
                orgunit=code,
                parent=parent,
                **unit | {"valid_from": _day(unit["valid_from"])},
            )

        return self.repository.once(command, register)

    @rpc
    def change_orgunit(self, command: Command, code: str, name: str) -> Json:
        """Rename a unit from now on. Earlier reports keep the old name."""

        def act(unit: OrgUnit, now: Moment) -> None:
            self._registry.check_name(code, unit.parent, name)
            unit.change(name, now)

        return self._orgunit(command, code, act)

    @rpc
    def retire_orgunit(
        self, command: Command, code: str, valid_to: date | None, successor: str | None
    ) -> Json:
        """Retire a unit that is merged or dissolved. What it has reported stays counted."""

        def act(unit: OrgUnit, now: Moment) -> None:
            unit.retire(_day(valid_to), successor, now)
            self._registry.check_period(unit.state())
            self._registry.check_named(unit.state())

        return self._orgunit(command, code, act)

    @rpc
    def correct_orgunit(self, command: Command, code: str, reason: str, **parts: Any) -> Json:
        """Put a mistake in the registry right: name, dates, successor, or a wrong retirement."""

        def act(unit: OrgUnit, now: Moment) -> None:
            unit.correct(parts, reason, now)
            self._registry.check_origin(code, unit.state())
            self._registry.check_name(code, unit.parent, unit.name)
            self._registry.check_period(unit.state())
            self._registry.check_named(unit.state())

        return self._orgunit(command, code, act)

    @rpc
    def orgunits(self, after: str | None, limit: int | None) -> list[Json]:
        """The registry, with the version of each unit."""
        units = self.repository.page(OrgUnit, after, limit)
        return [{"state": unit.state(), "version": unit.version} for unit in units]

    @rpc
    def seen(self, source: str) -> Json:
        """The newest event that supervision has of a service, by which a restored service notices
        that it is an older copy."""
        return self.projection.seen_by(source)

    @rpc
    def seen_numbers(self, source: str, after: int, limit: int) -> Json:
        """Number and id of the events that supervision has of a service, in order."""
        found = self.projection.seen.numbers(source, after, limit)
        return {"numbers": [{"number": number, "id": id} for number, id in found]}

    @rpc
    def seen_events(self, source: str, numbers: list[int]) -> Json:
        """The events with these numbers that supervision has of a service."""
        return {"events": self.projection.seen.events(source, numbers)}

    @rpc
    def seen_unplaced(self, source: str) -> Json:
        """The events of a service that supervision has as dead letters alone, because another event
        has their number."""
        return {"events": self.projection.seen.unplaced(source)}

    def complete_restored(self, subjects: Iterable[str]) -> None:
        """Published issues get their other forms, and the evidence of their facts."""
        complete_issues(self.repository, self.projection.evidence, self._kept, subjects)

    @rpc
    def compare_registry(self, digest: str) -> Json:
        """Whether a copy of the registry is up to date: the versions of all units where it
        isn't."""
        return compare_registry(self.repository.versions(OrgUnit), digest)

    @rpc
    def live(self, period: Period) -> Json:
        """The week's cells as they stand now. Unlike those of an issue, they may still change."""
        beginning = self.context.settings.beginning
        return live(self.projection.figures, self.context.orgunits, period, beginning)

    @rpc
    def draft_briefing(self, command: Command, period: Period) -> Json:
        """Draft the report of a period from everything known now."""
        return self._lifecycle.draft(command, period)

    @rpc
    def approve_briefing(self, command: Command, period: Period, content_digest: str) -> Json:
        """A person approves the draft that was read: the one with this digest."""
        return self._lifecycle.approve(command, period, content_digest)

    @rpc
    def edit_points(
        self, command: Command, period: Period, content_digest: str, points: list[Json]
    ) -> Json:
        """A person puts main points of the draft in other words; numbers stay as they are."""
        return self._review.edit_points(command, period, content_digest, points)

    @rpc
    def submit_briefing(self, command: Command, period: Period, content_digest: str) -> Json:
        """A person hands in the draft that was read for review, and is its preparer."""
        return self._review.submit(command, period, content_digest)

    @rpc
    def comment_briefing(
        self, command: Command, period: Period, part: str | None, text: str
    ) -> Json:
        """A reviewer remarks on a part of the draft."""
        return self._review.comment(command, period, part, text)

    @rpc
    def resolve_comment(self, command: Command, period: Period, comment: int) -> Json:
        """What a comment asks for is done, or answered."""
        return self._review.resolve(command, period, comment)

    @rpc
    def sign_off_briefing(
        self, command: Command, period: Period, part: str | None, content_digest: str
    ) -> Json:
        """A reviewer agrees with a part of the draft that was read, or with the whole."""
        return self._review.sign_off(command, period, part, content_digest)

    @rpc
    def withdraw_briefing(
        self,
        command: Command,
        period: Period,
        revision: int | None,
        reason: Json,
        successor: str | None,
    ) -> Json:
        """A person takes a published issue back. It stays readable, and subscribers are told."""
        return self._review.withdraw(command, period, revision, reason, successor)

    @rpc
    def revision_changes(self, period: Period, revision: int | None) -> Json:
        """What a revision changes: figures with the events behind each, and parts that read
        differently."""
        return self._issues.changes(period, revision)

    @rpc
    def issue_state(self, period: Period, revision: int | None) -> Json:
        """How far an issue is, who did what about it, and what was said in its review."""
        return self._issues.state(period, revision)

    @rpc
    def publish_briefing(self, command: Command, period: Period) -> Json:
        """Publish the approved draft as an issue: numbered, signed and sent to subscribers."""
        return self._lifecycle.publish(command, period)

    @rpc
    def discard_briefing(self, command: Command, period: Period, reason: str) -> Json:
        """Give up the draft of an issue or of a revision, approved or not, with a reason."""
        return self._lifecycle.discard(command, period, reason)

    @rpc
    def revise_briefing(
        self, command: Command, period: Period, reason: Json, under_present_rules: bool
    ) -> Json:
        """Draft a revision of a published issue by its own rules, or by the present ones. Raises
        Conflict when nothing has changed."""
        return self._lifecycle.revise(command, period, reason, under_present_rules)

    @rpc
    def revision_proposal(self, period: Period, under_present_rules: bool) -> Json:
        """What a revision of the published issue would change, from everything known now."""
        return self._lifecycle.proposal(period, under_present_rules)

    @at_intervals
    def draft_at_cutoff(self) -> None:
        """Draft the report of each period once its cut-off has passed."""
        draft_due(self._lifecycle, self.context)

    @settle_at_intervals
    def settle_due_days(self) -> None:
        """Make provisional due days of findings final, once the calendar notice is known."""
        settle_due_days(self.repository, self.name, Finding, self.present_calendar())

    @rpc
    def briefing(
        self, period: Period, format: str, lang: str, revision: int | None, edition: str
    ) -> str:
        """The report of a period in one form and language."""
        return self._reading.show(period, format, lang, revision, edition)

    @rpc
    def issue_form(
        self, period: Period, revision: int | None, edition: str, format: str, lang: str
    ) -> Json:
        """A form of a published issue, as it was made at publication."""
        return self._reading.form(period, format, lang, revision, edition)

    @rpc
    def issue_manifest(self, period: Period, revision: int | None, edition: str) -> Json:
        """What is signed beside the document of a published issue."""
        return self._reading.manifest(period, revision, edition)

    @rpc
    def explain(
        self, period: Period, indicator: str, orgunit: str | None, revision: int | None
    ) -> Json:
        """The events in a figure, and the events left out, with the reason."""
        return self._issues.explain(period, indicator, orgunit, revision)

    @rpc
    def issue_facts(
        self, period: Period, revision: int | None, source: str, after: int, limit: int
    ) -> Json:
        """The facts of a published issue, as they are stored: for its bundle."""
        return self._issues.facts(period, revision, source, after, limit)

    @rpc
    def verify(self, period: Period, revision: int | None, edition: str, quick: bool) -> Json:
        """Recompute a published issue from the facts and compare it byte by byte; or only compare
        every byte of its facts with what was sealed."""
        return self._verifying.verify(period, revision, edition, quick)

    @rpc
    def receipts(self, period: Period, revision: int | None) -> Json:
        """Who has an issue: how it stands with each known subscriber, and what waits for it."""
        return self._receipts.show(period, revision)

    @rpc
    def send_again(
        self, command: Command, period: Period, revision: int | None, subscriber: str
    ) -> Json:
        """Send an issue once more to one subscriber alone, with the same event ids."""
        return self._receipts.send_again(command, period, revision, subscriber)

    @send_at_intervals
    def send_forms(self) -> None:
        """Send the forms of public editions to the stream that subscribers read."""
        FormStream(self.context, self._kept).send_due()

    @watch_at_intervals
    def watch_subscribers(self) -> None:
        """Read receipts, and notice what a known subscriber doesn't take."""
        self._receipts.watch()

    @rpc
    def assessment_sheet(self, period: Period, orgunit: str, revision: int | None) -> Json:
        """Why a unit has its score in an issue, or in the draft of one."""
        return self._assessments.sheet(period, orgunit, revision)

    @rpc
    def assessment_evidence(
        self, period: Period, orgunit: str, criterion: str, revision: int | None, **page: int
    ) -> Json:
        """The ids of the events in a line of a unit's sheet."""
        return self._assessments.events(period, orgunit, criterion, revision, **page)

    @rpc
    def compare_rubrics(self, period: Period, rubric: str) -> Json:
        """What a draft rubric would change in the scores of a half-year."""
        return self._assessments.compare(period, rubric)

    @rpc
    def rebuild_figures(self, command: Command, source: str) -> Json:
        """Begin to fold all facts again, compare with the live figures, replace them if they
        differ."""
        return self.projection.rebuild(command, source)

    @rpc
    def rebuild_progress(self, id: str) -> Json:
        """The progress of a rebuild, and the differences that it found."""
        return self.projection.rebuilds.show(id)

    @rpc
    def signing_key(self) -> Json:
        """The public key that checks the signatures of issues."""
        return {"keyid": self.signer.keyid, "pem": self.signer.public_pem()}

    def carried_out(self, command_id: str) -> CarriedOut | None:
        """Also the rebuilds, which are jobs."""
        rebuilds = self.projection.rebuilds
        return super().carried_out(command_id) or rebuilds.carried_out(command_id)

    def health_details(self) -> dict[str, Callable[[], Any]]:
        """The high-water mark of each source, the number of batches not folded yet, and the
        programme's first week."""
        projection = self.projection
        return {
            "facts": projection.marks.all,
            "unfolded": projection.figures.pending.count,
            "first_week": lambda: self.context.settings.first_week or None,
        }

    @inbox
    def receive(self, messages: list[Message]) -> dict[int, Rejection]:
        """Store every event of every service as a fact."""
        return self.projection.take(messages)

    @property
    def _issues(self) -> IssueQueries:
        programme = self.context.settings.programme
        return IssueQueries(self.repository, self.projection, self.signer, programme)

    @property
    def _kept(self) -> IssueForms:
        return IssueForms(self.context.database)

    @property
    def _reading(self) -> IssueReading:
        return IssueReading(self._issues, self._kept)

    @property
    def _verifying(self) -> IssueVerifying:
        return IssueVerifying(self._issues, self._editions, self.signing_keys_stored.keyring())

    @property
    def _editions(self) -> IssueEditions:
        settings = self.context.settings
        return IssueEditions(
            self.repository, self.signer, self._kept, settings.public_threshold, settings.forms
        )

    @property
    def _assessments(self) -> AssessmentQueries:
        kept = AssessmentEvidence(self.context.database["assessment_evidence"])
        return AssessmentQueries(self._issues, kept, self._lifecycle.present)

    @property
    def _receipts(self) -> Receipts:
        return Receipts(self.context)

    @property
    def _registry(self) -> Registry:
        return Registry(self.repository)

    @property
    def _lifecycle(self) -> BriefingLifecycle:
        settings = self.context.settings
        return BriefingLifecycle(
            self._issues, self._editions, settings.beginning, settings.needs_four_eyes
        )

    @property
    def _review(self) -> Review:
        settings = self.context.settings
        return Review(self._issues, settings.beginning, settings.needs_four_eyes)

    def _orgunit(self, command: Command, code: str, act: Callable[[OrgUnit, Moment], None]) -> Json:
        now = Moment(command.recorded)
        return self.repository.change(OrgUnit, code, command, lambda unit: act(unit, now))


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
