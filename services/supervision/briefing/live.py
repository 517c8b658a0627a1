"""The cells of a week as they stand now, from the cache of folded facts."""

from services.supervision.briefing.table import counts, quantity
from services.supervision.indicators import INDICATORS


def live(figures, orgunits, period):
    """District, sub-districts and communities with their present values, folded up to now."""
    cells = figures.cells(period)
    district = orgunits.district()
    keys = set(cells.partials)
    if district:
        keys |= {(code, district) for code in INDICATORS}
    return {"period": str(period), "cells": [_cell(cells, *key) for key in sorted(keys)]}


def _cell(cells, code, orgunit):
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
