"""From content to the published bytes: digests, signature, and the readable forms."""

import hashlib
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import jinja2

from services.supervision.briefing import sentences
from services.supervision.briefing.completeness import reported_to
from services.supervision.briefing.sections import late
from services.supervision.briefing.sections.rows import both
from services.supervision.briefing.signing import Signer
from services.supervision.briefing.words import WORDS
from shared.domain import canonical
from shared.domain.periods import Period, format_instant, parse_instant
from shared.domain.types import Event, Json
from shared.domain.visible_text import ISOLATE, isolated
from shared.domain.wording import LANGUAGES

# Raised once by each release that changes words or layout of the document or of its readable forms.
# An issue is made again word for word only by the renderer that made it.
RENDERER = "2"
# Issues of releases that didn't name their renderer.
FIRST_RENDERER = "1"

# Text between tags outside of drawings, where no other element may stand; and Chinese words in it.
_SPOKEN = re.compile(r"(?<=>)[^<>]+(?=<)(?![^<]*</(?:text|title|desc)>)")
_CHINESE = r'<span lang="zh-Hans">\g<0></span>'
_HAN = re.compile(r"[\u3400-\u9fff]+(?:[\u3000-\u303f\uff00-\uffef·]*[\u3400-\u9fff]+)*")

MEDIA_TYPES = {
    "text": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
}
TEMPLATES = {"text": "briefing.txt", "html": "briefing.html"}


def signed(document: Json, signer: Signer) -> Json:
    """The document with `digest` (over everything but itself and the signature) and signature."""
    document = {**document, "keyid": signer.keyid}
    digest = canonical.sha256(document)
    return {**document, "digest": digest, "signature": signer.sign(digest.encode())}


def without_signature(document: Json) -> Json:
    """The part of a document over which its digest is made."""
    return {name: value for name, value in document.items() if name not in ("digest", "signature")}


def render(document: Json, form: str, lang: str) -> str:
    """The briefing in one of the forms of MEDIA_TYPES and in one language.

    The same document always gives the same text.
    """
    # Renamed, because the templates have a macro `more`.
    parts = {name: part for name, part in document.items() if name != "more"}
    template = _template(TEMPLATES[form])
    text: str = template.render(**parts, more_of=document["more"], lang=lang, t=WORDS[lang])
    return _chinese_marked(text) if (form, lang) == ("html", "en") else text


def _chinese_marked(page: str) -> str:
    """The English page with its Chinese words marked as such, for those who have it read aloud."""
    head, body = page.split("<body>", 1)
    marked = _SPOKEN.sub(lambda found: _HAN.sub(_CHINESE, found[0]), body)
    return f"{head}<body>{marked}"


def renderer_of(freeze: Mapping[str, Any]) -> str:
    """The version of the renderer of an issue or draft with this freeze."""
    return str(freeze.get("renderer", FIRST_RENDERER))


def renderings(document: Json) -> list[Json]:
    """Every readable form in every language, with its media type, digest and address."""
    return [_rendering(document, form, lang) for form in MEDIA_TYPES for lang in LANGUAGES]


def _rendering(document: Json, form: str, lang: str) -> Json:
    made = render(document, form, lang)
    body = made.encode()
    return {
        "format": form,
        "lang": lang,
        "media_type": MEDIA_TYPES[form],
        "sha256": hashlib.sha256(body).hexdigest(),
        "size": len(body),
        "urn": f"urn:warm:briefing:{document['period']}:r{document['revision']}:{form}:{lang}",
        "text": made,
    }


def is_intact(rendering: Mapping[str, Any]) -> bool:
    """Does the text of a stored form have its digest and size?"""
    body = rendering["text"].encode()
    digest = hashlib.sha256(body).hexdigest()
    return (digest, len(body)) == (rendering["sha256"], rendering["size"])


@cache
def _template(name: str) -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("services.supervision.briefing"),
        undefined=jinja2.StrictUndefined,
        autoescape=jinja2.select_autoescape(["html"], default=False),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_readable,
    )
    environment.filters |= FILTERS
    return environment.get_template(name)


def _readable(value: Any) -> Any:
    """Text of the document as it is printed: names in it may turn the direction of what follows.

    What a macro made is a subclass of `str`, safe already, and would be escaped once more.
    """
    return isolated(value) if type(value) is str and ISOLATE not in value else value


def _special_groups(special: Json, lang: str) -> str:
    """How many special groups there are, and how many the plan counts."""
    if special["planned"] is None:
        return _words("special_unknown", lang) % (special["named"],)
    numbers = (special["planned"], special["named"], special["not_yet_named"])
    return _words("special_groups", lang) % numbers


def _in_cell(shown: Json | None, unit: str, lang: str) -> str:
    """A figure of other weeks in a cell. A level has no cumulative figure."""
    return _words("a_level", lang) if shown is None else sentences.printed(shown, unit, lang)


def _words(name: str, lang: str) -> str:
    words: str = WORDS[lang][name]
    return words


def _clock(instant: str) -> str:
    """An instant in the programme's time zone, to the minute."""
    return format_instant(parse_instant(instant))[:16].replace("T", " ")


def _week(period: str, lang: str) -> str:
    """2017-W06 in words."""
    week = Period.parse(period)
    return f"{week.year}年第{week.week}周" if lang == "zh" else period


def _day(event: Event, lang: str) -> str:
    """The day of an event in the programme's time zone; its week where only that is known."""
    moment = parse_instant(event["time"])
    if event["timeprecision"] == "week":
        return _week(str(Period.of(moment)), lang)
    return format_instant(moment)[:10]


def _actor(actor: str, lang: str) -> str:
    """Who did it, as the document names it: `person:` with a name, or a service."""
    kind, _, name = actor.partition(":")
    return name if kind == "person" else _words("the_system", lang)


def _left_out_everywhere(league: list[Json]) -> list[Json]:
    """Units that every ranking leaves out for the same reason."""
    first, *others = [table["excluded"] for table in league] or [[]]
    return [row for row in first if all(row in rows for rows in others)]


def _not_in(service_days: list[Json], plan: list[Json]) -> list[Json]:
    """The recurring days of which next week's plan has none."""
    planned = [(row["planned_for"], row["orgunit"]) for row in plan]
    return [row for row in service_days if (row["next"], row["orgunit"]) not in planned]


def _css(text: str) -> str:
    """Text within a quoted string of a style sheet."""
    return text.replace("\\", "").replace('"', "").replace("\n", " ")


FILTERS: dict[str, Callable[..., Any]] = {
    "actor": _actor,
    "reported_to": reported_to,
    "left_out_everywhere": _left_out_everywhere,
    "not_in": _not_in,
    "clock": _clock,
    "css": _css,
    "day": _day,
    "week": _week,
    "in_language": lambda words, lang: both(words)[lang],
    "figure": sentences.figure,
    "label": sentences.label,
    "labelled_figure": lambda cell, lang: sentences.line(cell)[lang],
    "in_cell": _in_cell,
    "reported": lambda figure, lang: late.side_of_change(figure)[lang],
    "type_name": lambda name, lang: late.type_name(name)[lang],
    "special_groups": _special_groups,
}
