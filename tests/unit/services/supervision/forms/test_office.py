"""The Word document as LibreOffice prints it: lines, characters and pages of the standard."""

import re

import pytest

from services.supervision.forms import docx
from services.supervision.outline.outline import outline
from tests.support import real_week
from tests.support.paper import by_libreoffice, sheets, squeezed
from tests.unit.services.supervision.forms.test_html import WHOLE

LINES, CHARACTERS = 22, 28
# More than two pages.
LONG = "督导考评通报工作情况" * 200

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def chinese(tmp_path_factory):
    point = {"zh": LONG, "en": "long"}
    document = WHOLE | {"headlines": [point]}
    return sheets(by_libreoffice(docx.make(document, "zh"), tmp_path_factory.mktemp("zh")))


def test_a_page_of_text_has_22_lines_of_28_characters(chinese):
    [full] = [
        [line for line in page.splitlines() if not re.fullmatch(r"— \d+ —", line)]
        for page in chinese[1:]
        if set(squeezed(re.sub(r"— \d+ —", "", page))) <= set(LONG)
    ][:1]
    assert len(full) == LINES
    assert {len(line) for line in full} == {CHARACTERS}


def test_every_page_has_its_number(chinese):
    for number, page in enumerate(chinese, 1):
        assert f"— {number} —" in page


def test_every_annex_is_on_a_page_of_its_own(chinese):
    marks = [re.search(r"(?m)^附件 ?(\d) ?$", page) for page in chinese]
    annexes = [part for part in outline(WHOLE, "zh").parts if part.annex]
    expected = [str(number) for number, _ in enumerate(annexes, 1)]
    assert [found[1] for found in marks if found] == expected


@pytest.mark.parametrize("kind", real_week.KINDS)
@pytest.mark.parametrize(("lang", "mark"), [("zh", "附件 ?1"), ("en", "Annex 1")])
def test_the_text_of_the_real_week_has_at_most_three_pages(tmp_path, lang, mark, kind):
    pages = sheets(by_libreoffice(docx.make(real_week.KINDS[kind](), lang), tmp_path))
    [annexes] = [at for at, page in enumerate(pages) if re.match(rf"\s*{mark}\s*\n", page)]
    assert annexes <= 3


def test_the_english_edition_is_printed_too(tmp_path):
    pages = sheets(by_libreoffice(docx.make(WHOLE, "en"), tmp_path))
    assert squeezed(pages[0]).startswith("WarmErqi:weeklybriefingIssue1")
    assert "— 2 —" in pages[1]
