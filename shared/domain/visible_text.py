"""Text that reads as it is: without characters that nobody sees, and with its own direction.

Characters of Unicode's category Cf (format) turn the direction of what follows, or make two equal
names differ: direction overrides, zero-width spaces and joiners, soft hyphens, tags. No name of the
programme needs one.
"""

import unicodedata

ISOLATE, END = "\u2068", "\u2069"
RIGHT_TO_LEFT = ("R", "AL", "AN")


def visible(text: str) -> str:
    """The text in Unicode's normal form C, without format characters."""
    if text.isascii():
        return text
    kept = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFC", kept)


def isolated(text: str) -> str:
    """The visible text. Where a part of it runs from right to left it is isolated, so that what is
    printed beside it keeps its order (Unicode Standard Annex 9, first strong isolate)."""
    shown = visible(text)
    if any(unicodedata.bidirectional(char) in RIGHT_TO_LEFT for char in shown):
        return f"{ISOLATE}{shown}{END}"
    return shown
