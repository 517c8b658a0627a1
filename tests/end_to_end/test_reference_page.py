"""The HTML reference in a real browser, without a network."""

import pytest

from deploy.catalogue import reference
from tests.support.browser import DESK, PHONE, chromium


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


def test_it_finds_by_words_and_asks_for_nothing(browser):
    page, asked, problems = browser.new_page(), [], []
    page.set_viewport_size(dict(zip(("width", "height"), DESK, strict=True)))
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: problems.append(message.text))
    page.goto(reference.FILE.as_uri())
    page.fill("#search", "走访 RECORDED")
    found = page.locator("nav li a:visible").evaluate_all("them => them.map(it => it.hash)")
    assert "#relief.visit.recorded.1" in found and len(found) < 5
    page.click("nav a[href='#relief.visit.recorded.1']")
    shown = page.locator("article:target")
    shown.locator("summary", has_text="示例 example").click()
    assert '"type": "relief.visit.recorded"' in shown.inner_text()
    assert (asked, problems) == ([reference.FILE.as_uri()], [])


def test_on_a_phone_nothing_is_wider_than_the_screen(browser):
    width, height = PHONE
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(reference.FILE.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
