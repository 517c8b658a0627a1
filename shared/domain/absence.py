"""Why there is no figure: one word for each reason, in data and in print. 0 is a figure."""

SUPPRESSED = "suppressed"

ABSENCE = {
    # There was nothing that could have a figure.
    "none": ("无", "none"),
    # There was something, and the report of it gave no figure.
    "not_stated": ("未报数", "not stated"),
    # There was something, and its figure follows from what nobody knows.
    "unknown": ("不详", "unknown"),
    # There is a figure, which isn't printed for the public because people could be known by it.
    SUPPRESSED: ("不公布", "not published"),
    # Of a unit: it had to report and didn't; reported that there was nothing; needn't report.
    "silent": ("未报", "silent"),
    "nil": ("零报告", "nil report"),
    "exempt": ("免报", "exempt"),
}


def words(reason: str, lang: str) -> str:
    """A key of ABSENCE in words."""
    zh, en = ABSENCE[reason]
    return zh if lang == "zh" else en


def both(reason: str) -> dict[str, str]:
    """A key of ABSENCE in both languages."""
    zh, en = ABSENCE[reason]
    return {"zh": zh, "en": en}
