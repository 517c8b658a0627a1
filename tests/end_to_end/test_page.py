"""The published briefing in a real browser: on a desktop screen, on a phone and on paper."""

import json
import re

import pytest

from services.supervision.forms import pdf
from shared.domain.wording import LANGUAGES
from shared.service.rpc_client import RpcClient
from tests.end_to_end.conftest import District, resume_published
from tests.support.browser import DESK, PHONE, chromium, printed, show
from tests.support.paper import sheets as pages_of
from tests.support.paper import squeezed
from tests.support.stack import end_services

WEEK = "2017-W06"
# The narrowest phones that are still sold, too.
SIZES = [(320, 640), PHONE, (768, 1024), DESK]
PARTS = 6
PARTS_IN_CHINESE = "一二三四五六"
INDICATOR = "clinics.consultations"


@pytest.fixture(scope="module")
def district(stack, snapshots):
    stack.reset()
    with RpcClient(stack.amqp_uri) as rpc:
        district = District(stack, rpc, snapshots)
        resume_published(district)
        yield district
    end_services(stack)


@pytest.fixture(scope="module")
def pages(district, tmp_path_factory):
    """language → the file of the issue."""
    folder, files = tmp_path_factory.mktemp("pages"), {}
    for lang in LANGUAGES:
        html = district.ask("briefing", period=WEEK, format="html", lang=lang)
        files[lang] = folder / f"{WEEK}.{lang}.html"
        files[lang].write_text(html, encoding="utf-8")
    return files


@pytest.fixture(scope="module")
def browser(district):
    with chromium() as started:
        yield started


@pytest.fixture(params=LANGUAGES)
def file(pages, request):
    return pages[request.param]


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_nothing_is_wider_than_the_window(browser, file, size):
    page = show(browser, file, size)
    page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
    wider = page.evaluate(
        """[...document.body.querySelectorAll('*')].filter(it => !it.closest('.scroll, svg')
            && it.getBoundingClientRect().right > innerWidth + 1).map(it => it.outerHTML)"""
    )
    assert wider == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.close()


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_no_text_is_squeezed_into_a_column_of_single_characters(browser, file, size):
    page = show(browser, file, size)
    squeezed = page.evaluate(
        """[...document.querySelectorAll('caption, th, td, li, p, dd, h2, h3, h4')].filter(it => {
            const box = it.getBoundingClientRect();
            return box.width && box.width < 40 && it.innerText.length > 6;
        }).map(it => it.outerHTML)"""
    )
    assert squeezed == []
    page.close()


def test_a_figure_opens_its_definition_and_its_events(browser, district, file):
    page = show(browser, file, PHONE)
    ids = {event["id"] for event in explained(district)["included"]}
    figure = page.locator(f"#f-{INDICATOR.replace('.', '-')}")
    events = figure.locator(".events li code")
    assert len(ids) == 1 and not events.first.is_visible()
    figure.locator("summary").click()
    assert {text.split()[-1] for text in events.all_inner_texts()} == ids
    definition = figure.locator("p").first
    assert definition.is_visible() and definition.inner_text()
    page.close()


def explained(district):
    return district.ask("explain", period=WEEK, indicator=INDICATOR)


def test_every_link_leads_to_its_figure_or_part(browser, file):
    page = show(browser, file, DESK)
    targets = [link.get_attribute("href") for link in page.locator("a").all()]
    assert len(targets) > PARTS
    assert [target for target in targets if page.locator(target).count() != 1] == []
    page.close()


def test_every_chart_says_in_words_what_it_shows(browser, file):
    page = show(browser, file, DESK)
    charts = page.locator("svg[role=img]").all()
    assert len(charts) >= 2
    for chart in charts:
        snapshot = chart.aria_snapshot()
        bars = chart.locator(".bar").count()
        said = chart.locator("desc").text_content()
        assert re.match(r'- img ".+"', snapshot) and said
        # Pictures draw other things than bars.
        assert bars in (0, len(said.split(";")) - 1)
    page.close()


def test_it_needs_nothing_but_its_own_file(browser, file):
    context = browser.new_context()
    page, asked, problems = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: problems.append(message.text))
    page.goto(file.as_uri())
    assert (asked, problems) == ([file.as_uri()], [])
    assert page.locator("script").count() == 0
    context.close()


def test_its_text_is_dark_enough_to_read(browser, file):
    """WCAG 2.1, success criterion 1.4.3: 4.5 to 1."""
    page = show(browser, file, DESK)
    weak = page.evaluate(CONTRAST)
    assert weak == []
    page.close()


# Every text whose colour stands less than 4.5 to 1 against the nearest background behind it.
CONTRAST = """() => {
  const parts = colour => colour.match(/[\\d.]+/g).map(Number);
  const linear = part => (part /= 255) <= .03928 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => .2126 * linear(r) + .7152 * linear(g) + .0722 * linear(b);
  const behind = it => {
    for (; it; it = it.parentElement) {
      const found = parts(getComputedStyle(it).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const weak = [];
  while (texts.nextNode()) {
    const it = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || it.closest('svg, style')) continue;
    const [dark, bright] = [parts(getComputedStyle(it).color), behind(it)].map(light).sort();
    if ((bright + .05) / (dark + .05) < 4.5) weak.push(it.outerHTML);
  }
  return weak;
}"""


def test_on_paper_all_parts_and_definitions_are_there_and_no_navigation(browser, pages):
    page = show(browser, pages["zh"], DESK)
    paper = printed(page)
    sheets = [sheet.get_textpage().get_text_range() for sheet in paper]
    text = "\n".join(sheets)
    for number in PARTS_IN_CHINESE:
        # Once: the navigation, which names each part too, is not printed.
        assert len(re.findall(rf"(?m)^{number}、", text)) == 1, number
    # What is folded on the screen is open on paper.
    assert "本周各场义诊上报的接诊人次之和" in text
    assert "淮河路街道" in text
    assert 5 <= len(sheets) <= 14
    # Three pages of text, then the annexes on pages of their own.
    assert next(number for number, sheet in enumerate(sheets) if "附件1" in sheet) <= 3
    width, height = paper[0].get_size()
    assert (round(width), round(height)) == (595, 842)
    page.close()


@pytest.mark.parametrize("lang, annex", [("zh", "附件1"), ("en", "Annex1.")])
def test_the_text_of_the_printed_issue_has_three_pages_and_then_come_annexes(district, lang, annex):
    issue = json.loads(district.ask("briefing", period=WEEK))
    found = [annex in squeezed(page) for page in pages_of(pdf.make(issue, lang))]
    assert found.index(True) <= 3


def test_everything_in_the_chinese_edition_is_chinese(browser, pages):
    page = show(browser, pages["zh"], DESK)
    text = page.locator("main").inner_text()
    # Codes and names of standards apart, there is no English word.
    words = set(re.findall(r"[A-Za-z]{3,}", text)) - {"JSON", "HTML"}
    assert words == set()
    page.close()
