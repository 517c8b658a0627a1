"""Words of main points are edited, numbers never."""

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.briefing.edited_points import problem
from services.supervision.indicators import EVER
from shared.domain.quantities import Quantity
from shared.domain.units import UNITS
from shared.domain.wording import say
from tests.unit.services.supervision.proof.test_verify import ISSUE

ZH = "举办义诊：1场，比上周增加3场，累计12场；接诊人次：500多人次（2项中1项报数）；实际录用：0人"
EN = (
    "clinics held: 1 clinic, 3 more than last week, 12 clinics since the beginning;"
    " consultations: over 500 person-times (1 of 2 gave a figure); people hired: 0 people"
)


@pytest.mark.parametrize(
    "words",
    [
        ZH,
        "本周义诊1场，服务群众500多人次（2项中1项报数），反响良好",
        "义诊较上周增加3场，累计12场。二七区进一步统一安排，万众一心",
        "本周暂无录用（0人）",
        "工作有序推进",
    ],
)
def test_words_may_be_others_where_numbers_stay(words):
    assert problem(ZH, words) is None


@pytest.mark.parametrize(
    "words",
    [
        EN,
        "The office held 1 clinic for over 500 person-times (1 of 2 gave a figure).",
        "12 clinics since the beginning, 3 more than last week: well done, and everybody came",
    ],
)
def test_the_same_in_english(words):
    assert problem(EN, words) is None


@pytest.mark.parametrize(
    "words, named",
    [
        ("义诊2场", "2场"),
        ("服务500人次（2项中1项报数）", "500人次"),
        ("服务近500多人次（2项中1项报数）", "近500多人次"),
        ("服务500多人次", "500多人次"),
        ("服务500多人（2项中1项报数）", "500多人"),
        ("服务500余人次（2项中1项报数）", "500余人次"),
        ("服务500多人次左右（2项中1项报数）", "500多人次左右"),
        ("义诊超过1场", "超过1场"),
        ("义诊1场以上", "1场以上"),
        ("义诊减少3场", "减少3场"),
        ("义诊多了3场", "多了3场"),
        ("累计1200场", "1200场"),
        ("累计12.0场", "12.0场"),
        ("累计1,2场", "1,2场"),
        ("累计12万场", "万场"),
        ("增长12%", "增长12%"),
        ("2月6日义诊1场", "2"),
    ],
)
def test_a_number_in_another_form_is_refused(words, named):
    assert problem(ZH, words).rsplit(": ", 1)[1].startswith(named)


@pytest.mark.parametrize(
    "words",
    [
        *(
            "服务五百人次",
            "服务五百多人次",
            "义诊两场",
            "义诊一次",
            "服务几百人",
            "服务数十人",
            "翻番",
        ),
        *(
            "服务群众成百上千人",
            "录用过半",
            "增加三倍",
            "服务５００多人次",
            "义诊①场",
            "义诊Ⅻ场",
            "义诊½场",
        ),
        *("义诊٣场", "增长二成", "一半", "十分之三", "录用廿人", "服务伍佰人"),
        *(
            "five hundred people",
            "twenty-five clinics",
            "dozens of people",
            "twice as many",
            "half",
        ),
    ],
)
def test_a_number_in_words_or_other_digits_is_refused(words):
    assert problem(ZH, words) is not None


@pytest.mark.parametrize(
    "words",
    ["nearly 1 clinic", "1 fewer than last week", "3 fewer than last week", "at least 12 clinics"]
    + ["over 500 people", "500 person-times", "12 or more clinics", "1k people", "-1 clinic"],
)
def test_an_english_number_in_another_form_is_refused(words):
    assert problem(EN, words) is not None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_sentence_of_the_rules_stands_for_itself(lang):
    for point in ISSUE["headlines"]:
        assert problem(point[lang], point[lang]) is None
    for item in EVER.values():
        label = item.zh if lang == "zh" else item.en
        assert problem(label, label) is None


def test_the_name_of_a_unit_may_have_a_number_in_it():
    assert problem(ZH, "八家村义诊1场") is not None
    assert problem(ZH, "八家村义诊1场", ["八家村"]) is None


COUNTED = [name for name in UNITS if name not in ("day", "hour")]
quantities = st.builds(
    lambda value, qualifier, unit: Quantity(Decimal(value), qualifier, unit),
    st.integers(0, 3000),
    st.sampled_from(["exact", "over", "about", "at_most"]),
    st.sampled_from(COUNTED),
)
FREE = {
    "zh": ("群众反响良好", "各街道有序推进", "本周举办"),
    "en": ("well done", "the office held"),
}
JOIN = {"zh": "，", "en": ", "}


@pytest.mark.parametrize("lang", ["zh", "en"])
@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(quantities, min_size=1, max_size=4), quantities, st.data())
def test_exactly_the_figures_of_the_sentence_may_be_printed(lang, printed, other, data):
    """The oracle is how a quantity is said: another one is refused, unless it is said alike."""
    said = [say(quantity, lang) for quantity in printed]
    by_rules = JOIN[lang].join(f"指标{JOIN[lang]}{words}" for words in said)
    chosen = data.draw(st.lists(st.sampled_from(said), min_size=1, max_size=3))
    free = data.draw(st.sampled_from(FREE[lang]))
    words = JOIN[lang].join([free, *chosen])
    assert problem(by_rules, words) is None
    more = say(other, lang)
    assert (problem(by_rules, f"{words}{JOIN[lang]}{more}") is None) == (more in said)
    # A number alone has lost its unit; another digit makes another number.
    number = re.search("[0-9]+", chosen[0]).group()
    assert problem(by_rules, chosen[0].replace(number, f"{number}7")) or f"{number}7" in by_rules
    assert problem(by_rules, number) is not None
