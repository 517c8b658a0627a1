"""The briefing's sentences, in Chinese and in English. A figure always keeps its qualifier."""

from decimal import Decimal

from services.supervision.indicators import INDICATORS
from shared.domain.quantities import Quantity, decimal_text
from shared.domain.wording import LANGUAGES, say


def line(cell, beside=None, stated=None):
    """One figure with its label; `beside` is the sum of what was recorded below a declared stock:
    printed with it, never added; `stated` the reporter's own words for it."""
    known = {
        "indicator": cell["indicator"],
        "beside": beside and figure_of(beside),
        "stated": stated,
    }
    return known | {
        lang: f"{_labelled(cell, lang)}{_stated(stated, lang)}{_beside(beside, lang)}"
        for lang in LANGUAGES
    }


def _stated(stated, lang):
    if not stated:
        return ""
    return f"（原文：{stated}）" if lang == "zh" else f" (as reported: {stated})"


def _labelled(cell, lang):
    return f"{label(cell, lang)}{'：' if lang == 'zh' else ': '}{figure(cell, lang)}"


def _beside(beside, lang):
    if not beside:
        return ""
    said = say(beside.quantity(), lang, (beside.given, beside.total))
    return f"（申报数；逐条登记合计{said}）" if lang == "zh" else f" (declared; recorded: {said})"


def figure_of(part):
    """A sum as a figure with its words."""
    whole = part.quantity()
    given = (part.given, part.total)
    return _plain(whole) | {lang: say(whole, lang, given) for lang in LANGUAGES}


def _plain(whole):
    shown = whole.to_json()
    return {name: shown[name] for name in ("value", "qualifier", "unit")}


def headline(cell, *companions):
    """A main point: a figure with its change against last week and its level since the beginning,
    and the figures that belong to it."""
    return {"indicator": cell["indicator"]} | {
        lang: _sentence(cell, companions, lang) for lang in LANGUAGES
    }


def _sentence(cell, companions, lang):
    comma, semicolon = ("，", "；") if lang == "zh" else (", ", "; ")
    main = [_labelled(cell, lang), _change(cell, lang), *_level(cell, lang)]
    others = [_labelled(companion, lang) for companion in companions]
    return semicolon.join([comma.join(main), *others])


def _level(cell, lang):
    """Since the beginning; in the first week that is the week itself."""
    if cell["previous"] is None or cell["cumulative"] is None:
        return []
    said = printed(cell["cumulative"], cell["unit"], lang)
    return [f"累计{said}" if lang == "zh" else f"{said} since the beginning"]


def headline_row(cell, mean):
    """A row of the headline table: this week, last week, change, four-week mean, since the
    beginning. `mean` is a Quantity, or None where there can be none yet."""
    indicator, unit = INDICATORS[cell["indicator"]], cell["unit"]
    return {
        "indicator": cell["indicator"],
        "label": {"zh": indicator.zh, "en": indicator.en},
        "unit": unit,
        "this": _figures(cell) | {lang: figure(cell, lang) for lang in LANGUAGES},
        "last": _column(cell["previous"], unit, {"zh": "无（首周）", "en": "n/a (first week)"}),
        "change": {lang: _change_alone(cell, lang) for lang in LANGUAGES},
        "mean": mean,
        "cumulative": _column(
            cell["cumulative"],
            unit,
            {"zh": "期末数，不累计", "en": "point in time, not cumulative"},
        ),
    }


def _column(shown, unit, without):
    if shown is None:
        return {"value": None, "qualifier": None} | without
    return _figures(shown) | {lang: printed(shown, unit, lang) for lang in LANGUAGES}


def _figures(shown):
    return {name: shown[name] for name in ("value", "qualifier")}


def printed(shown, unit, lang):
    """A figure of another week, or of all of them, as a cell holds it."""
    partly = shown["status"] == "partly_stated"
    rest = {"zh": "（部分未报）", "en": " (partly stated)"}[lang] if partly else ""
    return f"{say(_quantity(shown, unit), lang)}{rest}"


def label(cell, lang):
    return getattr(INDICATORS[cell["indicator"]], lang)


def figure(cell, lang):
    """The cell in words: "200多人（2项中1项报数）"."""
    given = (int(cell["numerator"]), int(cell["denominator"]))
    return say(_quantity(cell, cell["unit"]), lang, given)


def _quantity(shown, unit):
    return Quantity.from_json(
        {"value": shown["value"], "qualifier": shown["qualifier"], "unit": unit}
    )


def _change(cell, lang):
    if cell["previous"] is None:
        return {"zh": "首周，无上周数", "en": "first week, nothing to compare with"}[lang]
    if _are_exact(cell):
        return _change_alone(cell, lang)
    # A difference of other figures would claim more than anybody reported.
    before = printed(cell["previous"], cell["unit"], lang)
    return f"上周{before}" if lang == "zh" else f"last week {before}"


def _change_alone(cell, lang):
    if cell["previous"] is None:
        return "—"
    if not _are_exact(cell):
        return {"zh": "非精确数，不作差", "en": "not exact, so no difference"}[lang]
    before, now = (_quantity(shown, cell["unit"]) for shown in (cell["previous"], cell))
    return _difference(now.value - before.value, lang)


def _are_exact(cell):
    return _is_exact(cell) and _is_exact(cell["previous"])


def _is_exact(shown):
    return (shown["qualifier"], shown["status"]) == ("exact", "complete")


def _difference(change, lang):
    if change == 0:
        return {"zh": "与上周持平", "en": "as last week"}[lang]
    amount = decimal_text(abs(Decimal(change)))
    if lang == "zh":
        return f"比上周{'增加' if change > 0 else '减少'}{amount}"
    return f"{amount} {'more' if change > 0 else 'fewer'} than last week"
