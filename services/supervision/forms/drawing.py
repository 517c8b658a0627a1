"""The pictures of an issue as SVG: for the page in HTML, and for the PDF."""

from functools import cache

import jinja2

from services.supervision.forms import fonts
from services.supervision.forms.spreadsheet import width_of
from services.supervision.outline.blocks import Picture

# In the drawing's own units: on a phone about one pixel each.
WIDTH = 280


def file(picture: Picture) -> str:
    """The drawing as a file of its own."""
    return svg(picture).replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)


def svg(picture: Picture) -> str:
    """The drawing within a page. Its description has every value in words."""
    kind = type(picture).__name__.lower()
    return _templates().get_template(f"{kind}.svg").render(it=picture, width=WIDTH, font=fonts.SANS)


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("services.supervision.forms", "templates/pictures"),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"fitted": _fitted, "width": width_of}
    return environment


def _fitted(text: str, most: int) -> str:
    """The text in so many characters, of which one of the Far East counts 2."""
    if width_of(text) <= most:
        return text
    while width_of(text) >= most:
        text = text[:-1]
    return f"{text}…"
