"""A calendar notice is checked before it is entered, and entered once."""

import pytest

from deploy.local import calendar_file, import_files
from deploy.local.errors import CannotRun
from shared.domain.workdays import PUBLISHED

YAML = """
year: 2027
document: 国办发明电〔2026〕7号
holidays:
  - {name: 元旦, first: 2027-01-01, last: 2027-01-03}
  - {name: 春节, first: 2027-02-05, last: 2027-02-11}
  - {name: 劳动节, first: 2027-05-01, last: 2027-05-05}
  - {name: 国庆节, first: 2027-10-01, last: 2027-10-07}
working: [2027-01-30, 2027-02-14, 2027-05-08]
"""
CSV = """year,kind,name,first,last
2027,holiday,春节,2027-02-05,2027-02-11
2027,holiday,元旦,2027-01-01,2027-01-03
2027,holiday,劳动节,2027-05-01,2027-05-05
2027,holiday,国庆节,2027-10-01,2027-10-07
2027,working,,2027-02-14,
2027,working,,2027-01-30,2027-01-30
2027,working,,2027-05-08,
"""


@pytest.fixture
def read(tmp_path):
    def read(text, suffix="yaml"):
        path = tmp_path / f"notice.{suffix}"
        path.write_text(text, encoding="utf-8")
        return calendar_file.read_notice(path)

    return read


def test_yaml_and_csv_say_the_same(read):
    assert read(YAML) == read(CSV, "csv") | {"document": "国办发明电〔2026〕7号"}


@pytest.mark.parametrize(
    "old, new, said",
    [
        (
            "2027-01-03",
            "2028-01-03",
            "holidays: Must be last days up to 15 days after",
        ),
        ("2027-10-07", "2027-10-20", "up to 15 days after the first, such as 2027-10-01: 国庆节"),
        ("first: 2027-02-05", "first: 2027-05-03", "such as 2027-05-03: 春节"),
        ("2027-05-05", "2027-13-05", "holidays 3 last: Must be a date, such as 2017-02-06"),
        (
            "2027-02-14",
            "2027-02-15",
            "Saturdays or Sundays, such as 2017-02-04: 2027-02-15",
        ),
        (
            "2027-02-14",
            "2027-02-07",
            "no holidays, such as 2017-02-04: 2027-02-07",
        ),
        (
            "2027-02-14",
            "2027-12-25",
            "2026-12-25 to 2027-12-24, such as 2027-01-01: 2027-12-25",
        ),
        ("2027-02-14", "2027-01-30", "working: Must be days that differ"),
        (
            "year: 2027",
            "year: 2026",
            "2025-12-25 to 2026-12-24, such as 2026-01-01: 元旦",
        ),
        (
            "2027-10-01, last",
            "2027-10-02, last",
            "holidays of the year, such as 2027-10-01",
        ),
        ("2027-02-11", "2027-05-02", "such as 2027-02-05: 春节"),
        ("working:", "worked:", "worked: must be one of year, document, holidays, working"),
        ("year: 2027", "year: MMXXVII", "year: "),
        ("holidays:", "days:", "must have the fields year, holidays"),
    ],
)
def test_a_slip_in_the_file_is_named(read, old, new, said):
    with pytest.raises(calendar_file.BadNotice) as refused:
        read(YAML.replace(old, new))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "old, new, said",
    [
        ("year,kind,name", "kind,year,name", "line 1: must be the headings year,kind,name,first"),
        ("2027,working,,2027-02-14,", "2028,working,,2027-02-14,", "year must be the same"),
        ("2027,working,,2027-02-14,", "2027,working,,2027-02-14", "line 6: must have 5 columns"),
        ("2027,working,,2027-02-14,", "2027,worked,,2027-02-14,", "line 6: kind must be holiday"),
        ("2027,working,,2027-02-14,", "2027,working,春节,2027-02-14,", "line 6: a working day"),
    ],
)
def test_a_slip_in_a_line_is_named(read, old, new, said):
    with pytest.raises(calendar_file.BadNotice) as refused:
        read(CSV.replace(old, new), "csv")
    assert said in str(refused.value)


class Supervision:
    def __init__(self, known=()):
        self.known, self.commands = list(known), []

    def call(self, service, method, **arguments):
        if method == "calendar":
            return self.known
        self.commands.append(arguments)
        return {"id": "calendar:2027", "version": 1}


def known(notice, version=1):
    state = {name: notice[name] for name in calendar_file.FIELDS} | {"reason": None}
    return {"state": state, "version": version}


def test_a_dry_run_enters_nothing(read):
    supervision = Supervision()
    calendar_file.enter(supervision, read(YAML), None, dry_run=True)
    assert supervision.commands == []


def test_the_same_notice_is_entered_once(read):
    first = Supervision()
    calendar_file.enter(first, read(YAML), None, dry_run=False)
    assert len(first.commands) == 1
    again = Supervision([known(read(YAML))])
    calendar_file.enter(again, read(YAML), None, dry_run=False)
    assert again.commands == []


def test_another_notice_of_the_year_is_refused_unless_it_corrects(read):
    other = read(YAML.replace("2027-02-14", "2027-02-13"))
    supervision = Supervision([known(read(YAML))])
    with pytest.raises(CannotRun, match="contradicts.*2027: 2027-02-13, 2027-02-14"):
        calendar_file.enter(supervision, other, None, dry_run=False)
    with pytest.raises(CannotRun, match="contradicts"):
        calendar_file.enter(supervision, other, None, dry_run=True)
    assert supervision.commands == []
    calendar_file.enter(supervision, other, "更正通知", dry_run=False)
    assert (supervision.commands[0]["correct"], supervision.commands[0]["reason"]) == (
        True,
        "更正通知",
    )


def test_back_to_the_first_notice_is_another_command(read):
    notice = read(YAML)
    ids = {calendar_file.command(notice, version, None)["command_id"] for version in (0, 2)}
    assert len(ids) == 2


def test_a_year_that_the_release_knows_may_only_be_said_again_or_corrected():
    published = PUBLISHED[2017]
    off = sorted(published.off)
    holidays = [{"name": "节", "first": str(day), "last": str(day)} for day in off]
    notice = {
        "year": 2017,
        "document": None,
        "holidays": holidays,
        "working": sorted(map(str, published.worked)),
    }
    assert calendar_file.differences(notice, None) == []
    fewer = notice | {"working": notice["working"][1:]}
    assert calendar_file.differences(fewer, None) == [notice["working"][0]]


def test_a_correction_needs_a_reason(tmp_path):
    with pytest.raises(CannotRun, match="go together"):
        import_files.import_calendar(tmp_path, correct=True)


def test_the_report_says_what_was_read(read):
    lines = list(calendar_file.report(read(YAML)))
    assert "2027-01-01 to 2027-01-03: 元旦" in lines
    assert "weekends worked: 2027-01-30, 2027-02-14, 2027-05-08" in lines
    assert lines[-1] == "22 days off, 14 of them from Monday to Friday"
