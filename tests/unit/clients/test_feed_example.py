"""The example of a web site's feed: what readers of both formats and of the page find."""

import importlib.util
import json
import sqlite3
from xml.etree import ElementTree

import pytest

from deploy.local.places import ROOT
from warm_client import Report

FILE = ROOT / "clients/examples/feed.py"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
SITE = "https://erqi.example.org/briefings"


def loaded():
    spec = importlib.util.spec_from_file_location("feed_example", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def issue(number, revision=0, said="接受咨询：500余人次 <b>"):
    document = {
        "masthead": {
            "programme": {"zh": "温暖二七", "en": "Warm Erqi"},
            "published_at": f"2017-02-{12 + number}T12:00:00+08:00",
            "first_day": "2017-02-06",
            "last_day": "2017-02-12",
        },
        "headlines": [{"zh": said, "en": "500+ consultations"}],
    }
    return report("published", number, revision, document)


def withdrawal(number):
    notice = {"reason": {"zh": "有误"}, "withdrawn_at": "2017-02-20T10:00:00+08:00"}
    return report("withdrawn", number, 0, notice)


def report(kind, number, revision, document):
    text = json.dumps(document)
    period = f"2017-W{5 + number:02}"
    return Report(
        f"e-{kind}-{number}-{revision}",
        kind,
        "public",
        number,
        period,
        revision,
        "ab" * 32,
        text,
        {},
    )


class Readers:
    def __init__(self, folder):
        self.folder, self.site = folder, loaded().Site(folder, f"{SITE}/")
        self.db = sqlite3.connect(":memory:")

    def take(self, *reports):
        for it in reports:
            self.site.take(it, self.db)

    @property
    def items(self):
        return json.loads((self.folder / "feed.json").read_text("utf-8"))["items"]

    @property
    def entries(self):
        feed = ElementTree.parse(self.folder / "feed.atom").getroot()
        names = ("id", "title", "published", "updated", "summary")
        return [
            {name: entry.findtext(f"a:{name}", namespaces=ATOM) for name in names}
            for entry in feed.findall("a:entry", ATOM)
        ]

    def page(self, name):
        return (self.folder / f"{name}.html").read_text("utf-8")


@pytest.fixture
def readers(tmp_path):
    return Readers(tmp_path)


def test_the_newest_issue_comes_first_in_both_feeds_and_each_has_a_page(readers):
    readers.take(issue(1), issue(2))
    urls = [f"{SITE}/2017-W07-r0.html", f"{SITE}/2017-W06-r0.html"]
    assert [it["url"] for it in readers.items] == [it["id"] for it in readers.entries] == urls
    assert readers.entries[0]["title"] == "“温暖二七”周通报 第2期"
    assert readers.entries[0]["summary"] == "接受咨询：500余人次 <b>"
    assert "&lt;b&gt;" in readers.page("2017-W06-r0")


def test_the_same_report_taken_again_changes_nothing(readers):
    readers.take(issue(1))
    before = {path.name: path.read_bytes() for path in readers.folder.iterdir()}
    readers.take(issue(1))
    assert {path.name: path.read_bytes() for path in readers.folder.iterdir()} == before


def test_a_revision_is_an_entry_of_its_own(readers):
    readers.take(issue(1), issue(1, revision=1))
    assert {it["title"] for it in readers.items} == {
        "“温暖二七”周通报 第1期",
        "“温暖二七”周通报 第1期（第1次修订）",
    }


def test_a_withdrawn_issue_stays_and_says_so(readers):
    readers.take(issue(1), withdrawal(1))
    [entry] = readers.entries
    assert (entry["title"], entry["summary"]) == ("“温暖二七”周通报 第1期（已撤回）", "有误")
    assert entry["updated"] > entry["published"]
    assert "有误" in readers.page("2017-W06-r0")
    readers.take(withdrawal(3))
    assert len(readers.items) == 1


def test_an_example_is_short():
    for path in (ROOT / "clients/examples").glob("*.py"):
        assert len(path.read_text("utf-8").splitlines()) < 150
