"""Pictures of a briefing's page, to be looked at: `python -m tests.support.pictures HTML FOLDER`.

On a phone and on a desktop screen, whole; on paper, all sheets side by side.
"""

import io
import sys
from pathlib import Path

from PIL import Image

from tests.support.browser import DESK, PHONE, chromium, printed, show

ACROSS = 4
PAPER_SCALE = 1.0
COLOURS = 128


def main(html, folder):
    html, folder = Path(html).resolve(), Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name, size in (("phone", PHONE), ("desk", DESK)):
            page = show(browser, html, size)
            picture = Image.open(io.BytesIO(page.screenshot(full_page=True)))
            save(columns(picture), folder / f"{name}.png")
        save(sheets(printed(page)), folder / "paper.png")


def columns(picture, longest=3000):
    """A long page cut into columns, side by side."""
    cuts = range(0, picture.height, longest)
    parts = [
        picture.crop((0, top, picture.width, min(top + longest, picture.height))) for top in cuts
    ]
    return beside(parts, len(parts))


def sheets(paper):
    return beside([sheet.render(scale=PAPER_SCALE).to_pil() for sheet in paper], ACROSS)


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
