"""The cells of a week as they stand now, from the figure cache."""

from services.supervision.briefing.table import counts, quantity
from services.supervision.figures.cells import Cells
from services.supervision.figures.figure_cache import FigureCache
from services.supervision.figures.territory import Territory
from services.supervision.indicators import INDICATORS, PRESENT
from shared.aggregates.orgunit_store import OrgUnits
from shared.domain.periods import Period, Week
from shared.domain.types import Json


def live(
    figures: FigureCache, orgunits: OrgUnits, period: Period, first_week: Week | None = None
) -> Json:
    """The cells of the district, its sub-districts and communities. Before the programme's first
    week only levels count."""
    territory = Territory(orgunits.all(), period.last_day)
    cells = figures.cells(period, territory, PRESENT.beginning_in(first_week).counts(period))
    district = orgunits.district()
    keys = {key for key in cells.partials if key[0] in INDICATORS}
    if district:
        keys |= {(code, district) for code in INDICATORS}
    return {"period": str(period), "cells": [_cell(cells, *key) for key in sorted(keys)]}


def _cell(cells: Cells, code: str, orgunit: str) -> Json:
    part = cells.quantity(code, orgunit)
    shown = quantity(INDICATORS[code], part).to_json()
    given, total = counts(part)
    return {
        "indicator": code,
        "orgunit": orgunit,
        "value": shown["value"],
        "qualifier": shown["qualifier"],
        "unit": shown["unit"],
        "numerator": str(given),
        "denominator": str(total),
    }
