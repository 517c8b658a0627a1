"""Pictures of a briefing, to be looked at: `python -m tests.support.pictures HTML JSON FOLDER`.

The page on a phone and on a desktop screen, whole. All sheets, side by side, of the page on paper,
of the PDF, and of the Word document as LibreOffice prints it. The folder is named by its language.
"""

import io
import json
import sys
import tempfile
from pathlib import Path

import pypdfium2
from PIL import Image

from services.supervision.forms import docx, pdf
from tests.support.browser import DESK, PHONE, chromium, printed, show
from tests.support.paper import by_libreoffice

ACROSS = 4
# Of what the browser prints, and of documents with many pages.
PAPER_SCALE, DOCUMENT_SCALE = 1.0, 0.7
COLOURS = 128


def main(html, document, folder):
    html, folder = Path(html).resolve(), Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name, size in (("phone", PHONE), ("desk", DESK)):
            page = show(browser, html, size)
            picture = Image.open(io.BytesIO(page.screenshot(full_page=True)))
            save(columns(picture), folder / f"{name}.png")
        save(sheets(printed(page)), folder / "paper.png")
    for_print(json.loads(Path(document).read_text(encoding="utf-8")), folder)


def for_print(document, folder):
    lang = folder.name
    papers = {"pdf": pdf.make(document, lang)}
    with tempfile.TemporaryDirectory() as office:
        papers["docx"] = by_libreoffice(docx.make(document, lang), Path(office))
    for name, body in papers.items():
        save(sheets(pypdfium2.PdfDocument(body), DOCUMENT_SCALE), folder / f"{name}.png")


def columns(picture, longest=3000):
    """A long page cut into columns, side by side."""
    cuts = range(0, picture.height, longest)
    parts = [
        picture.crop((0, top, picture.width, min(top + longest, picture.height))) for top in cuts
    ]
    return beside(parts, len(parts))


def sheets(paper, scale=PAPER_SCALE):
    return beside([sheet.render(scale=scale).to_pil() for sheet in paper], ACROSS)


def beside(parts, across, gap=12):
    """In rows of `across`, on grey."""
    width, height = (max(getattr(part, side) for part in parts) for side in ("width", "height"))
    rows = -(-len(parts) // across)
    whole = Image.new("RGB", (across * (width + gap) - gap, rows * (height + gap) - gap), "#999")
    for number, part in enumerate(parts):
        row, column = divmod(number, across)
        whole.paste(part, (column * (width + gap), row * (height + gap)))
    return whole


def save(picture, path):
    picture.quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
