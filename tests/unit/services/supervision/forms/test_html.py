"""The HTML page: one file that is whole by itself, readable by people and machines."""

import json
import re
from html.parser import HTMLParser

import pytest

from services.supervision.forms import rendering
from shared.domain import canonical
from shared.domain.wording import LANGUAGES
from tests.support.district import histories, naive
from tests.unit.services.supervision.briefing.test_table import DISTRICT
from tests.unit.services.supervision.forms.test_rendering import SEALED, made

WEEK = histories.WEEKS[2]
VOID = {"meta", "br", "rect"}


class Page(HTMLParser):
    """What a browser would make of a page: its elements, each closed in its turn."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.text = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text.append(data)

    def all(self, *tags):
        return [attrs for tag, attrs in self.elements if tag in tags]


def event(event_type, number, **data):
    service = event_type.split(".")[0]
    return {
        "id": f"event-{number}",
        "source": f"/warm/{service}",
        "type": event_type,
        "subject": f"subject-{number}",
        "subjectsequence": 1,
        "sourcesequence": number,
        "orgunit": "410103006",
        "time": "2017-01-04T00:00:00+08:00",
        "recordedtime": "2017-01-04T00:00:00+08:00",
        "data": data,
    }


def platform(number, name, *statuses):
    yield event("supervision.platform.registered", number, name={"zh": name})
    for offset, status in enumerate(statuses, 1):
        yield event(
            "supervision.milestone.set",
            number + offset,
            platform=f"subject-{number}",
            status=status,
            what={"zh": "选址", "en": "site"},
            **dict.fromkeys(("count", "target", "reached_on", "reason")),
        )


def visit(number):
    amount = {"value": "500", "qualifier": "over", "unit": "visit", "stated": None}
    return event("relief.visit.recorded", number, kind="household", visits=amount, withdrawn=False)


def clinic(venue):
    figures = {"hours": "hour"} | naive.CLINIC_FIGURES
    missing = {"value": None, "qualifier": "not_stated", "stated": None}
    lists = ("named_institutions", "named_departments", "services", "next_steps", "warnings")
    return event(
        "clinics.clinic.tallied",
        1,
        status="tallied",
        venue=venue,
        planned_for="2017-01-04",
        first_planned_for="2017-01-04",
        held_on="2017-01-04",
        **{name: missing | {"unit": unit} for name, unit in figures.items()},
        **{name: [] for name in lists},
    )


WHOLE = made([*platform(10, "党群服务中心", "done", "in_progress"), visit(1)], WEEK)


@pytest.fixture(params=LANGUAGES)
def page(request):
    return Page(rendering.render(WHOLE, "html", request.param))


def test_every_element_is_closed(page):
    assert page.open == []


def test_the_page_needs_nothing_from_elsewhere(page):
    assert page.all("script", "link", "img", "iframe", "object") == []
    for attributes in page.all("a"):
        assert attributes["href"].startswith("#")
    style = rendering.render(WHOLE, "html", "zh")
    assert "url(" not in style and "@import" not in style and "http" not in style


def test_every_link_leads_to_something(page):
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    assert {attributes["href"][1:] for attributes in page.all("a")} <= set(ids)


@pytest.mark.parametrize("lang, told", [("zh", "zh-CN"), ("en", "en")])
def test_the_page_says_its_language_and_its_width(lang, told):
    found = Page(rendering.render(WHOLE, "html", lang))
    assert found.all("html") == [{"lang": told}]
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in found.all(
        "meta"
    )


def test_headings_go_down_one_step_at_a_time(page):
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1 and levels.count(2) >= 10
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))


def test_what_people_enter_is_text_and_never_markup():
    venue = '<script>alert("1")</script> & <b>广场</b>'
    written = rendering.render(made([clinic(venue)], WEEK), "html", "zh")
    assert "<script>" not in written and "<b>广场" not in written
    assert venue in "".join(Page(written).text)
    assert venue in rendering.render(made([clinic(venue)], WEEK), "text", "zh")


def test_a_chart_says_in_words_what_it_shows(page):
    charts = [attributes for attributes in page.all("svg") if "role" in attributes]
    assert charts
    for chart in charts:
        assert chart["role"] == "img"
        assert chart["aria-labelledby"].endswith("-title")
        assert chart["aria-describedby"].endswith("-desc")
    assert len(page.all("desc")) == len(charts)
    assert "党群服务中心 1/2" in "".join(page.text)


def test_a_bar_is_as_long_as_its_share(page):
    assert {"class": "bar", "y": "22", "width": "50.0%", "height": "9", "rx": "2"} in page.all(
        "rect"
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_figure_opens_the_list_of_its_events(lang):
    written = rendering.render(WHOLE, "html", lang)
    found = re.search(r'<details id="f-relief-visits_household">.*?</details>', written, re.DOTALL)
    for told in ("event-1", "relief.visit.recorded", "2017-01-04"):
        assert told in found[0]
    definition = next(
        entry["definition"]
        for entry in WHOLE["notes"]["definitions"]
        if entry["indicator"] == "relief.visits_household"
    )
    assert definition[lang] in found[0]


def test_every_figure_of_the_district_can_be_opened(page):
    ids = [attributes.get("id") for attributes in page.all("details")]
    codes = [cell["indicator"] for cell in WHOLE["cells"] if cell["orgunit"] == DISTRICT]
    assert {f"f-{code.replace('.', '-')}" for code in codes} <= set(ids)


def test_the_page_has_a_style_for_paper_and_for_phones():
    written = rendering.render(WHOLE, "html", "zh")
    assert "@page{size:A4" in written and "@media (max-width" in written


def test_a_document_that_was_read_back_gives_the_same_bytes():
    again = json.loads(canonical.dumps(SEALED))
    assert rendering.renderings(again) == rendering.renderings(SEALED)
