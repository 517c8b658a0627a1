"""The RPC methods that fold all facts again."""

from marshmallow import Schema, fields

from shared.contracts.fields import (
    Actor,
    Choice,
    Flag,
    Id,
    Instant,
    Many,
    Map,
    RawText,
    Whole,
)
from shared.contracts.rpc.declare import (
    ById,
    CommandSchema,
    create,
    query,
)
from shared.domain.errors import NotFound

# The figures are rebuilt from the stored facts, or from the stream of all published events.
REBUILD_SOURCES = ("facts", "stream")


class RebuildFigures(CommandSchema):
    source = Choice(REBUILD_SOURCES, load_default="facts")


class DifferentFigure(Schema):
    """A part of the stored figures that differs from the rebuilt one: of a cell (`period`,
    `orgunit`) or of a `subject` that has levels. `indicator` is null for the cell or the subject
    as a whole. `live` and `rebuilt` are null where there is none."""

    period = RawText()
    orgunit = RawText()
    subject = RawText()
    indicator = RawText(required=True, allow_none=True)
    live = fields.Dict(required=True, allow_none=True)
    rebuilt = fields.Dict(required=True, allow_none=True)


class FigureDifferences(Schema):
    """How many cells and subjects differ; the first of them by name."""

    cells = Whole(required=True)
    levels = Whole(required=True)
    named = Many(fields.Nested(DifferentFigure), required=True)


class DifferentFact(Schema):
    problem = Choice(["only_stored", "only_streamed", "different"], required=True)
    id = RawText(required=True)
    source = RawText(required=True, allow_none=True)
    seq = Whole(required=True, allow_none=True)
    type = RawText(required=True, allow_none=True)


class StreamComparison(Schema):
    """The facts in the stream beside those stored. `skipped` counts unusable messages by reason,
    `missing` the events of each source that the stream lacks."""

    messages = Whole(required=True)
    skipped = Map(Whole(least=1), required=True)
    missing = Map(Whole(least=1), required=True)
    only_stored = Whole(required=True)
    only_streamed = Whole(required=True)
    different = Whole(required=True)
    named = Many(fields.Nested(DifferentFact), required=True)
    agreed = Flag(required=True)


class RebuildJob(Schema):
    """A rebuild, known by the id of its command. `folded` of `total` facts are done; `total` is
    null as long as they aren't counted. `problem` says why it failed."""

    id = Id(required=True)
    state = Choice(["working", "swapping", "dying", "done", "failed", "died"], required=True)
    doing = Choice(["starting", "reading", "comparing", "folding", "swapping"], required=True)
    source = Choice(REBUILD_SOURCES, required=True)
    actor = Actor(required=True)
    at = Instant(required=True)
    read = Whole(required=True)
    folded = Whole(required=True)
    total = Whole(required=True, allow_none=True)
    replaced = Flag(required=True)
    differences = fields.Nested(FigureDifferences)
    stream = fields.Nested(StreamComparison)
    problem = fields.Dict()


METHODS = {
    "rebuild_figures": create(RebuildFigures, RebuildJob),
    "rebuild_progress": query(ById, RebuildJob, NotFound),
}
