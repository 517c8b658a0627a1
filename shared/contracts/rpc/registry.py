"""The RPC methods of the registry of org units."""

from marshmallow import Schema, fields

from shared.contracts.events.supervision import LEVELS, OrgUnitState
from shared.contracts.fields import (
    TEXT,
    Choice,
    Day,
    Flag,
    Many,
    Map,
    OrgUnit,
    Text,
    Whole,
)
from shared.contracts.rpc.declare import (
    Changed,
    CommandSchema,
    Paged,
    Query,
    change,
    create,
    query,
)


class RegisterOrgUnit(CommandSchema):
    code = OrgUnit(required=True)
    parent = OrgUnit(required=True, allow_none=True)
    level = Choice(LEVELS, required=True)
    name = Text(required=True)
    valid_from = Day(load_default=None, allow_none=True)
    split_from = OrgUnit(load_default=None, allow_none=True)


class ChangeOrgUnit(CommandSchema):
    code = OrgUnit(required=True)
    name = Text(required=True)


class RetireOrgUnit(CommandSchema):
    code = OrgUnit(required=True)
    valid_to = Day(load_default=None, allow_none=True)
    successor = OrgUnit(load_default=None, allow_none=True)


class CorrectOrgUnit(CommandSchema):
    """A part that is left out keeps its value. `retired` false takes a wrong retirement back, with
    its day and its successor."""

    code = OrgUnit(required=True)
    name = Text()
    valid_from = Day(allow_none=True)
    valid_to = Day(allow_none=True)
    successor = OrgUnit(allow_none=True)
    split_from = OrgUnit(allow_none=True)
    retired = Flag()
    reason = Text(longest=TEXT, required=True)


class RegisteredOrgUnit(Schema):
    state = fields.Nested(OrgUnitState, required=True)
    version = Whole(least=1, required=True)


class CompareRegistry(Query):
    """`digest` is the SHA-256 of the canonical JSON of the caller's versions, by code."""

    digest = Text(required=True)


class RegistryVersions(Schema):
    """The digest of the versions of all units, and the versions by code where the caller's digest
    is another one."""

    digest = Text(required=True)
    versions = Map(Whole(least=1), required=True, allow_none=True)


METHODS = {
    "register_orgunit": create(RegisterOrgUnit, Changed),
    "change_orgunit": change(ChangeOrgUnit, Changed),
    "retire_orgunit": change(RetireOrgUnit, Changed),
    "correct_orgunit": change(CorrectOrgUnit, Changed),
    "orgunits": query(Paged, Many(fields.Nested(RegisteredOrgUnit), most=None)),
    "compare_registry": query(CompareRegistry, RegistryVersions),
}
