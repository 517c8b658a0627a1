"""Which language a plain text is in."""

import re

import yaml

from deploy.local.places import DATA

# English → Chinese: of what a file of facts gives in English only, and of what it tells more of.
PHRASES = yaml.safe_load((DATA / "phrases.yaml").read_text(encoding="utf-8"))

_WORD = re.compile(r"([\u4e00-\u9fff])|[A-Za-z]+")
_BOTH = re.compile(r"([^\u4e00-\u9fff]*[A-Za-z][^\u4e00-\u9fff]*?) \(([\u4e00-\u9fff]+)\)")


def in_languages(text):
    """{zh, en} of a text: the language of most of its words, where each Chinese character counts as
    one; "commendation (表彰)" is in both, and so is a phrase whose Chinese is known."""
    if text in PHRASES["alone"]:
        return {"zh": PHRASES["alone"][text], "en": text}
    both = _BOTH.fullmatch(text)
    if both:
        return {"zh": both[2], "en": both[1]}
    chinese = [match[1] is not None for match in _WORD.finditer(text)]
    return {"zh" if 2 * sum(chinese) > len(chinese) else "en": text}


def completed(words):
    """The same words, the Chinese with what only the English told, where that is known."""
    more = PHRASES["besides"].get(words.get("en"))
    return words | {"zh": f"{words['zh']}（{more}）"} if more and "zh" in words else words
