"""Which language a plain text is in."""

import re

_WORD = re.compile(r"([\u4e00-\u9fff])|[A-Za-z]+")
_BOTH = re.compile(r"([^\u4e00-\u9fff]*[A-Za-z][^\u4e00-\u9fff]*?) \(([\u4e00-\u9fff]+)\)")


def in_languages(text):
    """{zh, en} of a text: the language of most of its words, where each Chinese character counts as
    one; "commendation (表彰)" is in both."""
    both = _BOTH.fullmatch(text)
    if both:
        return {"zh": both[2], "en": both[1]}
    chinese = [match[1] is not None for match in _WORD.finditer(text)]
    return {"zh" if 2 * sum(chinese) > len(chinese) else "en": text}
