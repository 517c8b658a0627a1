"""The fonts of the PDF, and Debian's packages that hold them: `fonts.txt` is the only place that
names those."""

from importlib.resources import files
from pathlib import Path

PACKAGES = tuple(files(__package__).joinpath("fonts.txt").read_text().split())
FOLDER = Path("/usr/share/fonts/opentype/noto")
FILES = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJK-Bold.ttc",
    "NotoSerifCJK-Regular.ttc",
    "NotoSerifCJK-Bold.ttc",
)
# In simplified shapes.
SANS, SERIF = "Noto Sans CJK SC", "Noto Serif CJK SC"


class FontsMissing(Exception):
    """The PDF can't be made on this machine."""


def missing() -> list[str]:
    return [name for name in FILES if not (FOLDER / name).exists()]


def folder() -> str:
    """The folder of the fonts. Raises FontsMissing."""
    if absent := missing():
        raise FontsMissing(
            f"{FOLDER} has no {', '.join(absent)}: install {' '.join(PACKAGES)} (Debian, Ubuntu)"
        )
    return str(FOLDER)
