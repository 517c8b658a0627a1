"""The briefing as one page that needs nothing but itself."""

import re
from functools import cache

import jinja2
from markupsafe import Markup

from services.supervision.forms import drawing
from services.supervision.outline.blocks import Block, Picture
from services.supervision.outline.language import Language
from services.supervision.outline.outline import outline
from shared.domain.types import Json

# Text between tags outside of drawings, where no other element may stand; and Chinese words in it.
_SPOKEN = re.compile(r"(?<=>)[^<>]+(?=<)(?![^<]*</(?:text|title|desc)>)")
_CHINESE = r'<span lang="zh-Hans">\g<0></span>'
_HAN = re.compile(r"[\u3400-\u9fff]+(?:[\u3000-\u303f\uff00-\uffef·]*[\u3400-\u9fff]+)*")


def make(document: Json, lang: str) -> bytes:
    return page(document, lang).encode()


def page(document: Json, lang: str) -> str:
    """The page as text. Each figure of the district opens its events in the annex, once."""
    issue = outline(document, lang)
    made = _template().render(
        issue=issue,
        period=document["period"],
        w=Language(lang, issue.kind),
        anchors={row["indicator"] for row in document["headline_table"]},
    )
    return _chinese_marked(made) if lang == "en" else made


def _chinese_marked(page: str) -> str:
    """The English page with its Chinese words marked as such, for those who have it read aloud."""
    head, body = page.split("<body>", 1)
    marked = _SPOKEN.sub(lambda found: _HAN.sub(_CHINESE, found[0]), body)
    return f"{head}<body>{marked}"


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("services.supervision.forms"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"css": _css, "kind": _kind, "svg": _svg}
    return environment.get_template("briefing.html")


def _kind(block: Block | Picture) -> str:
    return type(block).__name__.lower()


def _svg(picture: Picture) -> Markup:
    """The template of the drawing has escaped what people entered."""
    return Markup(drawing.svg(picture))  # noqa: S704


def _css(text: str) -> str:
    """Text within a quoted string of a style sheet."""
    return text.replace("\\", "").replace('"', "").replace("\n", " ")
