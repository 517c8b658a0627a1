"""The RPC methods of the year-end commendation (年底表彰), which supervision answers."""

from marshmallow import fields

from shared.contracts.events.nominations import (
    MOST_EVIDENCE,
    NOMINATION_STATUSES,
    NominationState,
    year_field,
)
from shared.contracts.fields import TEXT, Id, Many, OrgUnit, Text, Words
from shared.contracts.rpc.declare import (
    Changed,
    CommandSchema,
    Paged,
    change,
    changed,
    create,
    query,
    stored,
)


class Nominate(CommandSchema):
    """A person nominates. `subject` is what the category is about: a division code, the id of a
    team, a station or a volunteer, or the name of a department. `evidence` are ids of events that
    supervision has."""

    year = year_field()
    category = Id(required=True)
    subject = Text(required=True)
    orgunit = OrgUnit(required=True)
    grounds = Words(longest=TEXT, chinese=True, required=True)
    evidence = Many(Id(), load_default=list, most=MOST_EVIDENCE)


class NominateByRules(CommandSchema):
    """Nominate everyone whom the rules in force for the year nominate by what is known now."""

    year = year_field()


class ChooseNominee(CommandSchema):
    id = Id(required=True)


class PassOverNominee(CommandSchema):
    """`reason` stays internal."""

    id = Id(required=True)
    reason = Words(longest=TEXT, chinese=True, required=True)


class NominationsQuery(Paged):
    """Of one year: those who were chosen, passed over, or not decided yet."""

    year = year_field()


NOMINATION = changed(NOMINATION_STATUSES)

METHODS = {
    "nominate": create(Nominate, NOMINATION),
    "nominate_by_rules": create(NominateByRules, Changed),
    "choose_nominee": change(ChooseNominee, NOMINATION),
    "pass_over_nominee": change(PassOverNominee, NOMINATION),
    "nominations": query(NominationsQuery, Many(fields.Nested(stored(NominationState)), most=None)),
}
