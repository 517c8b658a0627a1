"""Patrols, and the patrol teams for assets at which findings repeat."""

import uuid
from collections.abc import Sequence

from mongoengine import BooleanField, DictField, ListField, StringField

from services.supervision.oversight.rules import asset_key
from services.supervision.oversight.schema_state import SchemaState
from shared.aggregates.aggregate import Aggregate, Step
from shared.aggregates.occurrence import stored_day
from shared.contracts.envelope import Moment
from shared.contracts.events.oversight import PatrolState, PatrolTeamState
from shared.domain.types import Event, Json


def team_id(orgunit: str, asset: str) -> str:
    """The same id for every spelling of an asset: an asset has one team."""
    name = f"urn:warm:patrol_team:{orgunit}:{asset_key(asset)}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


class Patrol(SchemaState, Aggregate):
    """recorded or withdrawn. Exactly 0 `findings` is a nil report; "not stated" is none."""

    entity = "supervision.patrol"
    state_schema = PatrolState
    restates = {"corrected": "recorded"}

    status = StringField(required=True, default="recorded")
    kind = StringField(required=True)
    every = StringField()
    what = DictField(default=None)
    unannounced = BooleanField(default=False)
    findings = DictField(required=True)
    held_on = StringField()
    reason = StringField()

    def make(self, moment: Moment) -> None:
        self.held_on = stored_day(moment)
        self.record("supervision.patrol.recorded", moment)

    def correct(self, findings: Json | None, withdrawn: bool, reason: str, moment: Moment) -> None:
        """`moment` is when the patrol took place. Where `findings` is None, they keep their
        value."""
        self.status = "withdrawn" if withdrawn else "recorded"
        self.held_on = stored_day(moment)
        self.findings = findings or self.findings
        self.reason = reason
        self.record("supervision.patrol.corrected", moment)


class PatrolTeam(SchemaState, Aggregate):
    """proposed → formed → stood_down. A further repeat proposes a team that stood down again."""

    entity = "supervision.patrol_team"
    state_schema = PatrolTeamState
    steps = {
        "form": Step(("proposed",), "formed"),
        "stand_down": Step(("proposed", "formed"), "stood_down"),
    }
    follows = {"formed": ("proposed",), "stood_down": ("proposed", "formed")}

    status = StringField(required=True, default="proposed")
    asset = StringField(required=True)
    finding = StringField()
    # The ids of the repeats: each counts once, however often it proposes the team.
    findings = ListField(StringField())

    def restore_state(self, data: Json, events: Sequence[Event]) -> None:
        super().restore_state(data, events)
        named = [event["data"]["finding"] for event in events]
        self.findings = list(dict.fromkeys([*self.findings, *filter(None, named)]))

    @property
    def repeats(self) -> int:
        return len(self.findings)

    def propose(self, finding: str, moment: Moment) -> None:
        """The rule's reaction to the repeat `finding`. A team that is formed stays formed."""
        if finding not in self.findings:
            self.findings.append(finding)
        self.finding = finding
        if self.status == "stood_down":
            self.status = "proposed"
        self.record("supervision.patrol_team.proposed", moment)

    def form(self, moment: Moment) -> None:
        self.step("form")
        self.record("supervision.patrol_team.formed", moment)

    def stand_down(self, moment: Moment) -> None:
        self.step("stand_down")
        self.record("supervision.patrol_team.stood_down", moment)
