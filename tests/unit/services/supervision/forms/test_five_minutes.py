"""An issue is read in five minutes: what is on the front page, in the text, and in the annex."""

import pytest

from services.supervision.forms import docx, html, ods, pdf, text, xlsx
from services.supervision.outline.blocks import Table
from services.supervision.outline.front import HEADLINE_FIGURES, MOST_WAITING
from services.supervision.outline.language import MOST_IN_TEXT
from services.supervision.outline.outline import outline
from shared.domain.absence import SUPPRESSED, words
from shared.domain.wording import LANGUAGES
from tests.support import issue_documents, real_week
from tests.support.expected_week import core_cells, expected_cells
from tests.support.paper import docx_text, pdf_text, said, sheets, squeezed
from tests.unit.services.supervision.forms import readers
from tests.unit.services.supervision.forms.test_html import Page

ROOT = "3f9a" * 4


def page_text(body):
    return "".join(Page(body.decode()).text)


READ = {
    "text": (text.make, bytes.decode),
    "html": (html.make, page_text),
    "docx": (docx.make, docx_text),
    "pdf": (pdf.make, pdf_text),
}
BOOKS = {"xlsx": (xlsx.make, readers.by_openpyxl), "ods": (ods.make, readers.by_odfdo)}


def read(form, document, lang):
    make, reader = READ[form]
    return squeezed(reader(make(document, lang)))


def read_book(form, document, lang):
    make, reader = BOOKS[form]
    return squeezed(str(reader(make(document, lang))))


def parts(document, lang="zh"):
    return {part.key: part for part in outline(document, lang).parts}


def blocks_of(key, document, lang="zh"):
    return parts(document, lang)[key].blocks


def words_of(part):
    return "\n".join(said(part))


def test_the_real_week_here_is_the_one_that_was_derived_by_hand():
    assert core_cells(real_week.issue()) == expected_cells()


@pytest.mark.parametrize("kind", real_week.KINDS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_text_of_the_real_week_has_at_most_three_pages_of_pdf(kind, lang):
    document = real_week.KINDS[kind]()
    annexes = squeezed(next(it.title for it in outline(document, lang).parts if it.annex))
    pages = [squeezed(page) for page in sheets(pdf.make(document, lang))]
    assert next(at for at, page in enumerate(pages) if annexes in page) <= 3


def test_the_front_page_has_what_a_leader_reads_first():
    document = real_week.issue()
    front = [part for part in outline(document, "zh").parts if part.front]
    assert [part.key for part in front] == ["completeness", "points", "table", "waiting"]
    [sentence] = front[0].blocks
    silent = document["completeness"]["silent"]["everywhere"]
    assert silent and all(name in sentence.text for name in silent)
    [table] = [block for block in front[2].blocks if isinstance(block, Table)]
    assert len(table.groups[0].rows) == len(HEADLINE_FIGURES) == 5


def test_the_parts_of_the_text_are_numbered_and_those_with_nothing_in_them_left_out():
    titles = [part.title for part in outline(real_week.issue(), "zh").parts if not part.annex]
    assert [title[:2] for title in titles] == ["一、", "二、", "三、", "四、", "五、", "六、"]
    assert "late" not in parts(real_week.issue())


def test_figures_in_which_nothing_happened_are_one_line():
    [_, quiet] = blocks_of("sections", real_week.issue())
    assert quiet.text.startswith("数字为0的：核定服务时长、")
    assert "；未报数的：入户走访、商户走访" in quiet.text
    [_, quiet] = blocks_of("sections", real_week.issue(), "en")
    assert quiet.text.startswith("zero: ") and "; not stated: household visits" in quiet.text


def test_lists_in_which_there_is_nothing_are_one_line():
    [there, none] = parts(real_week.issue())["others"].blocks
    assert there.text == "详见附件：在办点单（未超期） 1、承诺事项 4、固定服务日 1"
    assert none.text.startswith("无：") and "下周计划" in none.text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_whatever_the_text_leaves_out_is_in_the_annex(lang):
    document = real_week.issue()
    annex = "\n".join(words_of(part) for part in outline(document, lang).parts if part.annex)
    for section in document["sections"]:
        for line in section["lines"]:
            assert line[lang] in annex
        for item in section["items"]:
            assert item["said"][lang] in annex
    for name in ("open_orders", "commitments", "service_days"):
        for row in document[name]:
            assert (row.get("what") or row["said"])[lang] in annex


def test_a_long_list_is_begun_in_the_text_and_whole_in_the_annex():
    document = issue_documents.large(1)
    many = [row | {"what": {"zh": f"事项{at}。"}} for at, row in enumerate(document["overdue"])]
    document |= {"overdue": many}
    made = parts(document)
    front, annex = (words_of(made[key]) for key in ("waiting", "lists"))
    assert f"事项{MOST_IN_TEXT - 1}。" in front and f"事项{MOST_IN_TEXT}。" not in front
    rest = len(many) - MOST_IN_TEXT + document["more"]["overdue"]
    assert f"另有 {rest} 项，见附件" in front
    assert all(row["what"]["zh"] in annex for row in many)


@pytest.mark.parametrize(
    ("lang", "order"),
    [
        ("zh", ["17个单位应报，6个有报送", "各项均未报：", "5项业务与台账核对一致（5/5）"]),
        ("en", ["6 of 17 units reported", "silent", "5 of 5 services agree with their records"]),
    ],
)
def test_the_first_sentence_says_how_many_reported_then_who_did_not_then_what_agrees(lang, order):
    [sentence] = blocks_of("completeness", real_week.issue(), lang)
    places = [sentence.text.find(words) for words in order]
    assert places[0] == 0 and places == sorted(places)


def test_a_unit_that_is_exempt_is_not_one_that_reported():
    document = real_week.issue()
    [unit] = [it for it in document["completeness"]["units"] if it["unit"] == "解放路街道"]
    unit["reports"] = dict.fromkeys(unit["reports"], "exempt")
    [sentence] = blocks_of("completeness", document)
    assert sentence.text.startswith("17个单位应报，5个有报送；")


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", ["超期事项：无", "2017-02-14", "东胡垌", "生活物资", "等待居民确认"]),
        ("en", ["Overdue: none", "2017-02-14", "东胡垌", "daily necessities", "the resident"]),
    ],
)
def test_who_is_waited_for_is_on_the_front_page_with_what_and_until_when(lang, said):
    waiting = words_of(parts(real_week.issue(), lang)["waiting"])
    assert [words for words in said if words not in waiting] == []


@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "等待事项（点单）：无"), ("en", "Waiting for (orders): nobody")]
)
def test_without_an_open_order_the_front_page_says_that_nobody_is_waited_for(lang, said):
    document = real_week.issue()
    assert said not in words_of(parts(document, lang)["waiting"])
    document["open_orders"] = []
    assert said in words_of(parts(document, lang)["waiting"])


def test_the_first_orders_that_wait_are_on_the_front_page_and_all_are_in_the_annex():
    document = real_week.issue()
    [order] = document["open_orders"]
    many = [order | {"what": {"zh": f"点单{at}。"}} for at in range(MOST_WAITING + 2)]
    document["open_orders"], document["more"]["open_orders"] = many, 3
    made = parts(document)
    front, annex = (words_of(made[key]) for key in ("waiting", "lists"))
    shown = [at for at in range(len(many)) if f"点单{at}。" in front]
    assert shown == [*range(MOST_WAITING)] and "另有 5 项，见附件" in front
    assert all(row["what"]["zh"] in annex for row in many)


def test_a_busy_service_has_its_first_occurrences_in_the_text_and_says_how_many_more():
    document = real_week.issue()
    section = document["sections"][2]
    [clinic] = section["items"]
    many = range(MOST_IN_TEXT + 3)
    section["items"] = [clinic | {"said": {"zh": f"义诊{at}。", "en": ""}} for at in many]
    section["cancelled"] = [{"said": {"zh": f"取消{at}。", "en": ""}} for at in many]
    made = parts(document)
    text, annex = (words_of(made[key]) for key in ("sections", "details"))
    for what in ("义诊", "取消"):
        shown = [at for at in many if f"{what}{at}。" in text]
        assert shown == [*range(MOST_IN_TEXT)]
        assert all(f"{what}{at}。" in annex for at in many)
    assert "另有 6 项，见附件" in text


def test_a_service_whose_figures_are_all_on_the_front_page_did_not_do_nothing():
    document = real_week.issue()
    document["sections"][3] |= {"items": [], "lines": document["sections"][3]["lines"][:1]}
    [table, _] = parts(document)["sections"].blocks
    [fairs] = [row for row in table.groups[0].rows if row.head == "招聘会"]
    assert [cell.text for cell in fairs.cells] == ["举办招聘会：1场"]


def test_the_first_and_the_last_of_a_ranking_are_in_the_text_and_all_in_the_annex():
    document = issue_documents.drawn(1)
    units = [f"街道{letter}" for letter in "ABCDEFGH"]
    row = document["league"][0]["rows"][0] | {"share": "50.0"}
    ranked = [row | {"unit": unit, "rank": at} for at, unit in enumerate(units, 1)]
    document["league"][0]["rows"] = ranked
    made = parts(document)
    league, annex = words_of(made["league"]), words_of(made["figures"])
    assert [unit for unit in units if unit in league] == [*units[:3], *units[-3:]]
    assert all(unit in annex for unit in units)


def test_messages_that_nobody_could_read_are_said_on_the_front_page():
    document = real_week.issue()
    document["notes"]["parked"] = [{"code": "not_json", "zh": "甲", "en": "a", "messages": 2}]
    assert "未能入库的报送数据2条" in words_of(parts(document)["completeness"])


# The public edition


@pytest.mark.parametrize("form", READ)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_public_edition_says_what_is_not_in_it(form, lang):
    document = real_week.public_issue()
    written = read(form, document, lang)
    assert squeezed(document["notes"]["public"][lang]) in written
    titles = {"zh": "交办事项、补报的往期数据、在办点单", "en": "Actions, Events of earlier weeks"}
    assert squeezed(titles[lang]) in written


@pytest.mark.parametrize("form", READ)
@pytest.mark.parametrize(
    ("lang", "titled"), [("zh", "第1期公开版"), ("en", "issue1,publicedition")]
)
def test_a_public_edition_is_called_so_in_its_title(form, lang, titled):
    assert titled in read(form, real_week.public_issue(), lang).replace("Issue", "issue")
    assert titled not in read(form, real_week.issue(), lang).replace("Issue", "issue")


@pytest.mark.parametrize(("lang", "called"), [("zh", "公开版"), ("en", "publicedition")])
def test_every_page_of_a_public_pdf_is_called_so(lang, called):
    pages = sheets(pdf.make(real_week.public_issue(), lang))
    assert all(called in squeezed(page)[:200] for page in pages)


@pytest.mark.parametrize(
    ("lang", "means"), [("zh", "“不公布”不是0"), ("en", "“Not published” is not 0")]
)
def test_the_first_page_of_a_public_edition_says_what_not_published_means(lang, means):
    for kind, says_it in (("public", True), ("first", False)):
        first = sheets(pdf.make(real_week.KINDS[kind](), lang))[0]
        assert (squeezed(means) in squeezed(first)) is says_it


@pytest.mark.parametrize("form", BOOKS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_notes_of_a_public_workbook_say_what_is_not_in_it(form, lang):
    document = real_week.public_issue()
    written = read_book(form, document, lang)
    assert squeezed(document["notes"]["public"][lang]) in written
    for part in document["left_out"]:
        assert part in written


def test_a_service_of_which_only_suppressed_figures_are_known_did_not_do_nothing():
    [table, _] = parts(real_week.public_issue())["sections"].blocks
    [relief] = [row for row in table.groups[0].rows if row.head == "点单与走访"]
    assert [cell.text for cell in relief.cells] == ["不公布"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_change_of_a_suppressed_figure_is_printed_as_not_published(lang):
    document = issue_documents.drawn(1)
    hidden = {"value": None, "qualifier": SUPPRESSED, "unit": "person"}
    document["late"][0] |= {"old": None, "new": hidden}
    assert f"→ {words(SUPPRESSED, lang)}" in words_of(parts(document, lang)["late"])


# The root of the facts


ROOT_LABELS = [("zh", "事实根"), ("en", "Root of the facts")]


def rooted():
    document = real_week.issue()
    document["masthead"]["facts_root"] = ROOT
    return document


@pytest.mark.parametrize("form", READ)
@pytest.mark.parametrize(("lang", "label"), ROOT_LABELS)
def test_the_root_of_the_facts_is_beside_the_digest_where_there_is_one(form, lang, label):
    assert squeezed(label) not in read(form, real_week.issue(), lang)
    document = rooted()
    written = read(form, document, lang)
    assert written.count(ROOT) == 1
    end = written[written.index(squeezed(f"{label} {ROOT}")) :]
    assert document["content_digest"] in end and len(end) < 200


@pytest.mark.parametrize("form", BOOKS)
@pytest.mark.parametrize(("lang", "label"), ROOT_LABELS)
def test_the_cover_of_a_workbook_has_the_root_of_the_facts_where_there_is_one(form, lang, label):
    assert squeezed(label) not in read_book(form, real_week.issue(), lang)
    written = read_book(form, rooted(), lang)
    assert squeezed(label) in written and ROOT in written
