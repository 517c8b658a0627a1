"""Figures that a rubric declares itself, because no service counts them."""

from mongoengine import DictField, StringField

from services.supervision.oversight.half_years import id_about
from services.supervision.oversight.schema_state import SchemaState
from shared.aggregates.aggregate import Aggregate, derived_id
from shared.contracts.envelope import Moment
from shared.contracts.events.assessment import DeclaredFigureState
from shared.domain.periods import Period
from shared.domain.quantities import Quantity
from shared.domain.types import Json


def declared_figure_id(orgunit: str, period: Period, figure: str) -> str:
    """A unit has each figure once for each half-year; it may be stated anew."""
    return id_about("declared", period, derived_id(f"declared_figure:{orgunit}:{figure}"))


class DeclaredFigure(SchemaState, Aggregate):
    """The figure as it was stated last."""

    entity = "supervision.declared_figure"
    state_schema = DeclaredFigureState

    period = StringField(required=True)
    figure = StringField(required=True)
    quantity = DictField(required=True)
    source = DictField(required=True)
    declared_by = StringField(required=True)

    def declare(self, quantity: Quantity, source: Json, actor: str, moment: Moment) -> None:
        self.quantity, self.source, self.declared_by = quantity.to_json(), source, actor
        self.record("supervision.declared_figure.stated", moment)
