"""From content to the published bytes: digests, signature, and the readable forms."""

import hashlib
from functools import cache

import jinja2

from services.supervision.briefing import sentences
from services.supervision.briefing.sections import late
from services.supervision.briefing.sections.rows import both
from services.supervision.briefing.words import WORDS
from shared.domain import canonical
from shared.domain.periods import Period, format_instant, parse_instant
from shared.domain.wording import LANGUAGES

MEDIA_TYPES = {
    "text": "text/plain; charset=utf-8",
    "html": "text/html; charset=utf-8",
}
TEMPLATES = {"text": "briefing.txt", "html": "briefing.html"}


def sealed(document, signer):
    """The document with `digest` (over everything but itself and the signature) and signature."""
    document = {**document, "keyid": signer.keyid}
    digest = canonical.sha256(document)
    return {**document, "digest": digest, "signature": signer.sign(digest.encode())}


def unsealed(document):
    """What the digest was made over."""
    return {name: value for name, value in document.items() if name not in ("digest", "signature")}


def written(document, form, lang):
    """The briefing as one of MEDIA_TYPES in one language: the same document, the same bytes."""
    # Under another name: the templates have a macro `more`.
    parts = {name: part for name, part in document.items() if name != "more"}
    return _template(TEMPLATES[form]).render(
        **parts, more_of=document["more"], lang=lang, t=WORDS[lang]
    )


def text(document, lang):
    """The briefing as plain text in one language."""
    return written(document, "text", lang)


def html(document, lang):
    """The briefing as one HTML page in one language, with nothing to be fetched from elsewhere."""
    return written(document, "html", lang)


def renderings(document):
    """Every readable form with its media type, digest and address."""
    return [_rendering(document, form, lang) for form in MEDIA_TYPES for lang in LANGUAGES]


def _rendering(document, form, lang):
    made = written(document, form, lang)
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


@cache
def _template(name):
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("services.supervision.briefing"),
        undefined=jinja2.StrictUndefined,
        autoescape=jinja2.select_autoescape(["html"], default=False),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= FILTERS
    return environment.get_template(name)


def _special_groups(special, lang):
    """How many special groups there are, of how many the plan speaks of."""
    if special["planned"] is None:
        return WORDS[lang]["special_unknown"] % special["named"]
    numbers = (special["planned"], special["named"], special["not_yet_named"])
    return WORDS[lang]["special_groups"] % numbers


def _in_cell(shown, unit, lang):
    """A figure that a cell holds of other weeks; a level has none since the beginning."""
    return WORDS[lang]["a_level"] if shown is None else sentences.printed(shown, unit, lang)


def _clock(instant):
    """An instant as a clock in the programme's zone shows it, to the minute."""
    return format_instant(parse_instant(instant))[:16].replace("T", " ")


def _week(period, lang):
    """2017-W06 as people say it."""
    week = Period.parse(period)
    return f"{week.year}年第{week.week}周" if lang == "zh" else period


def _day(event, lang):
    """The day of an event in the programme's zone; its week where no more is known."""
    moment = parse_instant(event["time"])
    if event["timeprecision"] == "week":
        return _week(str(Period.of(moment)), lang)
    return format_instant(moment)[:10]


def _css(text):
    """Text within a quoted string of a style sheet."""
    return text.replace("\\", "").replace('"', "").replace("\n", " ")


FILTERS = {
    "clock": _clock,
    "css": _css,
    "day": _day,
    "week": _week,
    "in_language": lambda words, lang: both(words)[lang],
    "figure": sentences.figure,
    "label": sentences.label,
    "labelled_figure": lambda cell, lang: sentences.line(cell)[lang],
    "in_cell": _in_cell,
    "reported": lambda figure, lang: late.said(figure)[lang],
    "type_name": lambda name, lang: late.type_name(name)[lang],
    "special_groups": _special_groups,
}
