"""Patrols, and the teams for assets where findings come again."""

import uuid

from mongoengine import BooleanField, DictField, ListField, StringField

from services.supervision.oversight.days import day_after
from services.supervision.oversight.rules import asset_key
from services.supervision.oversight.schema_state import Told
from shared.aggregates.aggregate import Aggregate, Step
from shared.contracts.events.oversight import PatrolState, PatrolTeamState


def team_id(orgunit, asset):
    """One team for one asset, however it is written."""
    name = f"urn:warm:patrol_team:{orgunit}:{asset_key(asset)}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


class Patrol(Told, Aggregate):
    """recorded or withdrawn. `findings` of exactly 0 is a nil report; not stated says nothing."""

    says = PatrolState

    status = StringField(required=True, default="recorded")
    kind = StringField(required=True)
    every = StringField()
    what = DictField(default=None)
    unannounced = BooleanField(default=False)
    findings = DictField(required=True)
    held_on = StringField()
    reason = StringField()

    def make(self, moment):
        self.held_on = day_after(moment)
        self.record("supervision.patrol.recorded", moment)

    def correct(self, findings, withdrawn, reason, moment):
        """Put right what was recorded, the day included; `findings` stay where None is given."""
        self.status = "withdrawn" if withdrawn else "recorded"
        self.held_on = day_after(moment)
        self.findings = findings or self.findings
        self.reason = reason
        self.record("supervision.patrol.corrected", moment)


class PatrolTeam(Told, Aggregate):
    """proposed → formed → stood_down. A further repeat proposes one that stood down again."""

    says = PatrolTeamState
    steps = {
        "form": Step(("proposed",), "formed"),
        "stand_down": Step(("proposed", "formed"), "stood_down"),
    }

    status = StringField(required=True, default="proposed")
    asset = StringField(required=True)
    finding = StringField()
    # All that repeated an earlier one: a finding counts once, however often it is proposed.
    findings = ListField(StringField())

    @property
    def repeats(self):
        return len(self.findings)

    def propose(self, finding, moment):
        """By rule: `finding` is a repeat at the asset. A team at work stays formed."""
        if finding not in self.findings:
            self.findings.append(finding)
        self.finding = finding
        if self.status == "stood_down":
            self.status = "proposed"
        self.record("supervision.patrol_team.proposed", moment)

    def form(self, moment):
        self.step("form")
        self.record("supervision.patrol_team.formed", moment)

    def stand_down(self, moment):
        self.step("stand_down")
        self.record("supervision.patrol_team.stood_down", moment)
