"""The briefing's sentences, in Chinese and in English. A figure always keeps its qualifier."""

from collections.abc import Iterable
from decimal import Decimal

from services.supervision.briefing.period_words import of_kind, pair_of_kind
from services.supervision.indicators import EVER
from shared.domain.absence import ABSENCE, words
from shared.domain.decimals import decimal_text
from shared.domain.periods import Period
from shared.domain.quantities import Quantity, Sum
from shared.domain.types import Json
from shared.domain.units import UNITS
from shared.domain.wording import LANGUAGES, say

NO_LAST = ("无（{first}）", "n/a ({first})")


def line(cell: Json, beside: Sum | None = None, stated: str | None = None) -> Json:
    """One figure with its label.

    `beside` is the sum of everything that a declared stock covers: printed with it, never added.
    `stated` is the reporter's own wording of the stock.
    """
    known = {
        "indicator": cell["indicator"],
        "beside": figure_of(beside) if beside else None,
        "stated": stated,
    }
    return known | {
        lang: f"{labelled_figure(cell, lang)}{_stated(stated, lang)}{_beside(beside, lang)}"
        for lang in LANGUAGES
    }


def _stated(stated: str | None, lang: str) -> str:
    if not stated:
        return ""
    return f"（原文：{stated}）" if lang == "zh" else f" (as reported: {stated})"


def labelled_figure(cell: Json, lang: str) -> str:
    """The cell in words, after its label."""
    return f"{label(cell, lang)}{'：' if lang == 'zh' else ': '}{figure(cell, lang)}"


def _beside(beside: Sum | None, lang: str) -> str:
    if not beside:
        return ""
    words = say(beside.quantity(), lang, (beside.given, beside.total))
    return f"（申报数；逐条登记合计{words}）" if lang == "zh" else f" (declared; recorded: {words})"


def figure_of(part: Sum) -> Json:
    """A sum as a figure with its words."""
    whole = part.quantity()
    given = (part.given, part.total)
    return _plain(whole) | {lang: say(whole, lang, given) for lang in LANGUAGES}


def _plain(whole: Quantity) -> Json:
    shown = whole.to_json()
    return {name: shown[name] for name in ("value", "qualifier", "unit")}


def headline(kind: type[Period], cell: Json, *companions: Json) -> Json:
    """A main point: a figure with its change against the period before and its sum since the
    beginning, and the figures printed beside it."""
    return {"indicator": cell["indicator"]} | {
        lang: _sentence(kind, cell, companions, lang) for lang in LANGUAGES
    }


def _sentence(kind: type[Period], cell: Json, companions: Iterable[Json], lang: str) -> str:
    comma, semicolon = ("，", "；") if lang == "zh" else (", ", "; ")
    change = [_change(kind, cell, lang)] if cell["previous"] else []
    main = [labelled_figure(cell, lang), *change, *_cumulative(cell, lang)]
    others = [labelled_figure(companion, lang) for companion in companions]
    return semicolon.join([comma.join(main), *others])


def _cumulative(cell: Json, lang: str) -> list[str]:
    """The sum since the beginning; nothing in the first week, where it is the same figure."""
    if cell["previous"] is None or cell["cumulative"] is None:
        return []
    words = printed(cell["cumulative"], cell["unit"], lang)
    return [f"累计{words}" if lang == "zh" else f"{words} since the beginning"]


def headline_row(kind: type[Period], cell: Json, mean: Json, issued: Json | None = None) -> Json:
    """A row of the headline table: this period, the one before, change, mean, since the beginning.
    `mean` is a figure with its words; `issued` the cell in the issue of the period before.

    Where that period's figure isn't the one that was issued, `last` has that in `issued`.
    """
    indicator, unit = EVER[cell["indicator"]], cell["unit"]
    last = _column(
        cell["previous"], unit, dict(zip(LANGUAGES, pair_of_kind(NO_LAST, kind), strict=True))
    )
    differs = issued and cell["previous"] and _as_read(issued) != _as_read(cell["previous"])
    return {
        "indicator": cell["indicator"],
        "label": {"zh": indicator.zh, "en": indicator.en},
        "unit": unit,
        "this": _figures(cell) | {lang: figure(cell, lang) for lang in LANGUAGES},
        "last": last | {"issued": _column(issued, unit, {}) if differs else None},
        "change": {lang: _change_alone(kind, cell, lang) for lang in LANGUAGES},
        "mean": mean,
        "cumulative": _column(
            cell["cumulative"],
            unit,
            {"zh": "—", "en": "—"},
        ),
    }


def _as_read(shown: Json) -> tuple[str, ...] | None:
    """What makes one figure another one for a reader; two reasons for none aren't two figures."""
    if shown["value"] is None:
        return None
    return shown["value"], shown["qualifier"], shown["status"]


def _column(shown: Json | None, unit: str, without: dict[str, str]) -> Json:
    """A figure with its words; the words `without` where there is none."""
    if shown is None:
        return {"value": None, "qualifier": None} | without
    return _figures(shown) | {lang: printed(shown, unit, lang) for lang in LANGUAGES}


def _figures(shown: Json) -> Json:
    return {name: shown[name] for name in ("value", "qualifier")}


def printed(shown: Json, unit: str, lang: str) -> str:
    """The words for a figure of another period, or of all periods, in a cell."""
    if shown["status"] in ABSENCE:
        return absent(shown, lang, None)
    partly = shown["status"] == "partly_stated"
    rest = {"zh": "（部分未报）", "en": " (partly stated)"}[lang] if partly else ""
    return f"{say(_quantity(shown, unit), lang)}{rest}"


def absent(shown: Json, lang: str, nothing: tuple[str, str] | None) -> str:
    """Why there is no figure; `nothing` says what there would have to be for one."""
    if shown["status"] != "none":
        return words(shown["status"], lang)
    if nothing is None:
        return "—"
    return f"—（{nothing[0]}）" if lang == "zh" else f"— ({nothing[1]})"


def label(cell: Json, lang: str) -> str:
    indicator = EVER[cell["indicator"]]
    return indicator.zh if lang == "zh" else indicator.en


def figure(cell: Json, lang: str) -> str:
    """The cell in words: "200多人（2项中1项报数）", or why there is no figure."""
    if cell["status"] in ABSENCE:
        return absent(cell, lang, EVER[cell["indicator"]].nothing)
    if cell["numerator"] is None:
        # The public edition doesn't count contributions.
        return printed(cell, cell["unit"], lang)
    given = (int(cell["numerator"]), int(cell["denominator"]))
    return say(_quantity(cell, cell["unit"]), lang, given)


def _quantity(shown: Json, unit: str) -> Quantity:
    return Quantity.from_json(
        {"value": shown["value"], "qualifier": shown["qualifier"], "unit": unit}
    )


def _change(kind: type[Period], cell: Json, lang: str) -> str:
    if _are_exact(cell):
        return _change_alone(kind, cell, lang)
    # A difference of inexact figures would claim more than was reported.
    status, nothing = cell["previous"]["status"], EVER[cell["indicator"]].nothing
    if status in ABSENCE:
        before = _reason(status, nothing, lang)
    else:
        before = printed(cell["previous"], cell["unit"], lang)
    last = of_kind("{last}", kind, lang)
    return f"{last}{before}" if lang == "zh" else f"{last} {before}"


def _change_alone(kind: type[Period], cell: Json, lang: str) -> str:
    if cell["previous"] is None:
        return "—"
    if missing := _missing(kind, cell, lang):
        return missing
    if not _are_exact(cell):
        return {"zh": "约数，不作比较", "en": "not computed: a figure is not exact"}[lang]
    before, now = (Decimal(shown["value"]) for shown in (cell["previous"], cell))
    return _difference(kind, now - before, cell["unit"], lang)


def _missing(kind: type[Period], cell: Json, lang: str) -> str | None:
    """Which of the two periods has no figure, and why; None where both have one."""
    nothing = EVER[cell["indicator"]].nothing
    for name, shown in (("{this}", cell), ("{last}", cell["previous"])):
        if shown["status"] in ABSENCE:
            why, when = _reason(shown["status"], nothing, lang), of_kind(name, kind, lang)
            return f"{when}{why}" if lang == "zh" else f"{why} {when}"
    return None


def _reason(status: str, nothing: tuple[str, str] | None, lang: str) -> str:
    if status == "none" and nothing:
        return nothing[0] if lang == "zh" else nothing[1]
    return words(status, lang)


def _are_exact(cell: Json) -> bool:
    return _is_exact(cell) and _is_exact(cell["previous"])


def _is_exact(shown: Json) -> bool:
    return (shown["qualifier"], shown["status"]) == ("exact", "complete")


def _difference(kind: type[Period], change: Decimal, unit: str, lang: str) -> str:
    last = of_kind("{last}", kind, lang)
    if change == 0:
        return f"与{last}持平" if lang == "zh" else f"as {last}"
    amount = decimal_text(abs(change))
    if lang == "zh":
        return f"比{last}{'增加' if change > 0 else '减少'}{amount}{UNITS[unit].zh}"
    fewer = "less" if unit in ("day", "hour") else "fewer"
    return f"{amount} {'more' if change > 0 else fewer} than {last}"
