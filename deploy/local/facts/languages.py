"""The language of a plain text."""

import re
from typing import Any

import yaml

from deploy.local.places import DATA

# English → Chinese: for texts that a file gives in English only (`alone`), and for what an English
# text adds to the Chinese one (`besides`).
PHRASES: dict[str, dict[str, str]] = yaml.safe_load((DATA / "phrases.yaml").read_text("utf-8"))

_WORD = re.compile(r"([\u4e00-\u9fff])|[A-Za-z]+")
_BOTH = re.compile(r"([^\u4e00-\u9fff]*[A-Za-z][^\u4e00-\u9fff]*?) \(([\u4e00-\u9fff]+)\)")


def in_languages(text: str) -> dict[str, str]:
    """{zh, en} of a text. It is in the language of most of its words; each Chinese character counts
    as one. "commendation (表彰)" is in both, and so is a phrase whose Chinese is known."""
    if text in PHRASES["alone"]:
        return {"zh": PHRASES["alone"][text], "en": text}
    both = _BOTH.fullmatch(text)
    if both:
        return {"zh": both[2], "en": both[1]}
    chinese = [match[1] is not None for match in _WORD.finditer(text)]
    return {"zh" if 2 * sum(chinese) > len(chinese) else "en": text}


def completed(words: dict[str, Any]) -> dict[str, Any]:
    """The same words; the Chinese text gains what only the English one has, where that is known."""
    more = PHRASES["besides"].get(words.get("en", ""))
    return words | {"zh": f"{words['zh']}（{more}）"} if more and "zh" in words else words
