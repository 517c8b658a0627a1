"""The example subscriber keeps a withdrawn issue, and writes down that it is withdrawn."""

import json

import pytest

from deploy.subscriber.subscriber import Archive, canonical
from tests.support import golden

PUBLISHED = golden.example("events", "supervision.briefing.published.1")
WITHDRAWN = golden.example("events", "supervision.briefing.withdrawn.1")


@pytest.fixture
def archive(tmp_path):
    found = Archive(tmp_path)
    found.check()
    return found


def save(archive, event):
    return archive.save(json.dumps(event).encode()).is_new


def changed(**parts):
    """The notice with other content, as somebody else might send it."""
    notice = json.loads(WITHDRAWN["data"]["notice"]) | parts
    data = WITHDRAWN["data"] | parts | {"notice": canonical(notice).decode()}
    return WITHDRAWN | {"data": data}


def names(archive):
    return sorted(path.name for path in archive.folder.iterdir() if path.is_file())


@pytest.mark.parametrize("order", [(PUBLISHED, WITHDRAWN), (WITHDRAWN, PUBLISHED)])
def test_issue_and_notice_are_kept_in_whatever_order_they_come(archive, capsys, order):
    new = [save(archive, event) for event in order]
    assert sum(new) == 1
    assert names(archive) == ["2017-W06-r0.json", "2017-W06-r0.withdrawn.json"]
    issue, notice = ((archive.folder / name).read_text("utf-8") for name in names(archive))
    assert (issue, notice) == (PUBLISHED["data"]["document"], WITHDRAWN["data"]["notice"])
    assert "已撤回" in capsys.readouterr().out


def test_a_notice_that_comes_again_changes_nothing(archive, capsys):
    save(archive, WITHDRAWN)
    save(archive, WITHDRAWN)
    assert "already known as withdrawn" in capsys.readouterr().out
    save(archive, changed(reason={"zh": "另一原因"}))
    assert "other content" in capsys.readouterr().out
    assert names(archive) == ["2017-W06-r0.withdrawn.json"]


@pytest.mark.parametrize(
    "parts, why",
    [
        ({"digest": "0" * 64}, "another issue is saved"),
        ({"period": "../../W06"}, "is wrong"),
        ({"status": "final"}, "is wrong"),
    ],
)
def test_a_notice_of_something_else_is_refused(archive, capsys, parts, why):
    save(archive, PUBLISHED)
    save(archive, changed(**parts))
    assert why in capsys.readouterr().out
    assert names(archive) == ["2017-W06-r0.json"]
    assert len(list((archive.folder / "refused").iterdir())) == 1


def test_a_notice_that_says_another_thing_than_its_event_is_refused(archive, capsys):
    save(archive, WITHDRAWN | {"data": WITHDRAWN["data"] | {"revision": 1}})
    assert "is wrong" in capsys.readouterr().out
