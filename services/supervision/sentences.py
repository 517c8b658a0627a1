"""The briefing's sentences, in Chinese and in English. A figure always keeps its qualifier."""

from decimal import Decimal

from services.supervision.indicators import INDICATORS
from shared.events.clinics import CLINIC_FIGURES, CLINIC_SERVICES, WARNINGS
from shared.quantities import Quantity, decimal_text
from shared.wording import LANGUAGES, say


def line(cell):
    """One figure with its label."""
    return {"indicator": cell["indicator"]} | {
        lang: f"{label(cell, lang)}{'：' if lang == 'zh' else ': '}{figure(cell, lang)}"
        for lang in LANGUAGES
    }


def headline(cell):
    """One figure with its label and its change against last week."""
    return {"indicator": cell["indicator"]} | {
        "zh": f"{line(cell)['zh']}，{_change(cell, 'zh')}",
        "en": f"{line(cell)['en']}, {_change(cell, 'en')}",
    }


def label(cell, lang):
    return getattr(INDICATORS[cell["indicator"]], lang)


def figure(cell, lang):
    """The cell in words: "200多人（2项中1项报数）"."""
    given = (int(cell["numerator"]), int(cell["denominator"]))
    return say(_quantity(cell, cell["unit"]), lang, given)


def _quantity(printed, unit):
    return Quantity.from_json(
        {"value": printed["value"], "qualifier": printed["qualifier"], "unit": unit}
    )


def _change(cell, lang):
    if cell["previous"] is None:
        return {"zh": "首周，无上周数", "en": "first week, nothing to compare with"}[lang]
    before, now = (_quantity(printed, cell["unit"]) for printed in (cell["previous"], cell))
    if _is_exact(cell) and _is_exact(cell["previous"]):
        return _difference(now.value - before.value, lang)
    # A difference of other figures would claim more than anybody reported.
    partly = cell["previous"]["status"] == "partly_stated"
    if lang == "zh":
        return f"上周{say(before, lang)}{'（部分未报）' if partly else ''}"
    return f"last week {say(before, lang)}{' (partly stated)' if partly else ''}"


def _is_exact(printed):
    return (printed["qualifier"], printed["status"]) == ("exact", "complete")


def _difference(change, lang):
    if change == 0:
        return {"zh": "与上周持平", "en": "as last week"}[lang]
    amount = decimal_text(abs(Decimal(change)))
    if lang == "zh":
        return f"比上周{'增加' if change > 0 else '减少'}{amount}"
    return f"{amount} {'more' if change > 0 else 'fewer'} than last week"


def clinic_item(event, unit):
    """One clinic: where, when, and its figures as reported."""
    data = event["data"]
    return {
        "orgunit": event["orgunit"],
        "unit": unit,
        "venue": data["venue"],
        # Of a clinic known to the week only, nobody knows the day.
        "held_on": None if event["timeprecision"] == "week" else data.get("held_on"),
        "figures": {name: _both(data[name]) for name in CLINIC_FIGURES},
        "named_institutions": data["named_institutions"],
        "named_departments": data["named_departments"],
        "services": [_words(CLINIC_SERVICES, code) for code in data["services"]],
        "next_steps": data["next_steps"],
        "warnings": [_words(WARNINGS, code) for code in data["warnings"]],
    }


def _both(reported):
    quantity = Quantity.from_json(reported)
    return {
        "value": reported["value"],
        "qualifier": reported["qualifier"],
        "unit": reported["unit"],
        **{lang: say(quantity, lang) for lang in LANGUAGES},
    }


def _words(table, code):
    zh, en = table[code]
    return {"code": code, "zh": zh, "en": en}
