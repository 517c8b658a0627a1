"""Supervision (督导考评): the registry of org units, the facts, the weekly briefing."""

from nameko.timer import timer

from services.supervision.briefing.live import live
from services.supervision.briefing.signing import SignerProvider, issue_signer
from services.supervision.documents import OrgUnit
from services.supervision.indexes import INDEXES
from services.supervision.oversight.commands import OversightCommands
from services.supervision.workflow.briefing_lifecycle import BriefingLifecycle
from services.supervision.workflow.draft_schedule import TIMER_SECONDS, draft_due
from services.supervision.workflow.projection import Projection
from shared.aggregates.orgunit_store import path
from shared.contracts.envelope import Moment
from shared.contracts.events.supervision import LEVELS
from shared.contracts.rpc import supervision
from shared.domain.errors import ValidationFailed
from shared.service.base_service import Service
from shared.service.inbox import inbox
from shared.service.rpc_server import rpc_methods

rpc = rpc_methods(supervision.METHODS)


class SupervisionService(OversightCommands, Service):
    name = "supervision"
    indexes = INDEXES

    projection = Projection()
    signer = SignerProvider()

    @staticmethod
    def keys(settings):
        return {"issues": issue_signer(settings)}

    @rpc
    def register_orgunit(self, command, code, parent, **unit):
        """A unit joins the registry, under its parent."""
        self._check_place(code, parent, unit["level"])
        unit["valid_from"] = _day(unit["valid_from"])
        return self.repository.create(
            OrgUnit,
            command,
            lambda orgunit: orgunit.register(Moment(command.recorded)),
            identity=code,
            orgunit=code,
            parent=parent,
            **unit,
        )

    @rpc
    def change_orgunit(self, command, code, name):
        """A unit is renamed."""
        return self._orgunit(command, code, lambda unit, now: unit.change(name, now))

    @rpc
    def retire_orgunit(self, command, code, valid_to, successor):
        """A unit is merged away or dissolved; what it did stays counted."""
        if successor:
            self._check_known("successor", successor)
        return self._orgunit(
            command, code, lambda unit, now: unit.retire(_day(valid_to), successor, now)
        )

    @rpc
    def orgunits(self):
        """The whole registry, with the version of each unit."""
        units = self.repository.find(OrgUnit)
        return [{"state": unit.state(), "version": unit.version} for unit in units]

    @rpc
    def live(self, period):
        """The week's cells as they stand now: provisional, unlike an issue's."""
        return live(self.projection.figures, self.context.orgunits, period)

    @rpc
    def draft_briefing(self, command, period):
        """Draft the week's briefing from what is known now."""
        return self._lifecycle.draft(command, period)

    @rpc
    def approve_briefing(self, command, period, content_digest):
        """A person approves the draft: the one that was read, where its digest is given."""
        return self._lifecycle.approve(command, period, content_digest)

    @rpc
    def publish_briefing(self, command, period):
        """The approved draft becomes an issue: numbered, signed, told to subscribers."""
        return self._lifecycle.publish(command, period)

    @rpc
    def revise_briefing(self, command, period, reason):
        """Draft a revision of a published issue; refused when nothing has changed."""
        return self._lifecycle.revise(command, period, reason)

    @rpc
    def revision_proposal(self, period):
        """What a revision of the published issue would change, as known now."""
        return self._lifecycle.proposal(period)

    @timer(interval=TIMER_SECONDS)
    def draft_at_cutoff(self):
        """Each week is drafted once its cut-off has passed."""
        draft_due(self._lifecycle, self.context)

    @rpc
    def briefing(self, period, format, lang, revision):
        """The briefing of a week in one form."""
        return self._lifecycle.show(period, format, lang, revision)

    @rpc
    def explain(self, period, indicator, orgunit, revision):
        """The events in a figure, and those left out with the reason."""
        return self._lifecycle.explain(period, indicator, orgunit, revision)

    @rpc
    def verify(self, period, revision):
        """Recompute a published issue from the facts and compare it to the last byte."""
        return self._lifecycle.verify(period, revision)

    @rpc
    def rebuild_figures(self, command, source):
        """Begin to fold all facts afresh, compare with the live figures, replace what differs."""
        return self.projection.rebuild(command, source)

    @rpc
    def rebuild_progress(self, id):
        """How far a rebuild is, and what differed."""
        return self.projection.rebuilds.show(id)

    @rpc
    def signing_key(self):
        """The public key that checks the signatures of issues."""
        return {"keyid": self.signer.keyid, "pem": self.signer.public_pem()}

    def health_details(self):
        """How far the facts reach for each source, and how many wait to be folded."""
        projection = self.projection
        sources, figures = projection.sources, projection.figures
        return {"facts": sources.marks, "unfolded": figures.notes.unfolded}

    @inbox
    def receive(self, messages):
        """Every event of every service becomes a fact."""
        return self.projection.take(messages)

    @property
    def _lifecycle(self):
        programme = self.context.settings.programme
        return BriefingLifecycle(self.repository, self.projection, self.signer, programme)

    def _orgunit(self, command, code, act):
        now = Moment(command.recorded)
        return self.repository.change(OrgUnit, code, command, lambda unit: act(unit, now))

    def _check_place(self, code, parent, level):
        above = path(code)[1:]
        if level != list(LEVELS)[len(above)]:
            raise ValidationFailed({"level": [f"{code} isn't the code of a {level}."]})
        if parent != next(iter(above), None):
            raise ValidationFailed({"parent": ["Must be the code without its last three digits."]})
        if parent:
            self._check_known("parent", parent)
        elif roots := self.repository.find(OrgUnit, parent=None, _id={"$ne": code}):
            raise ValidationFailed({"parent": [f"{roots[0].id} is the district already."]})

    def _check_known(self, field, code):
        if not self.repository.find(OrgUnit, _id=code):
            raise ValidationFailed({field: [f"Unknown org unit {code}: register it first."]})


def _day(day):
    return day.isoformat() if day else None
