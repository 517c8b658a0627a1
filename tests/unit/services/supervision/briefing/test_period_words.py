"""What the fixed texts call a period: each in the words of a week, a month, a half-year, a year."""

import re

import pytest

from services.supervision.briefing.period_words import kind_of, name_of, of_kind, pair_of_kind
from services.supervision.briefing.words import PAIRS, words_of
from services.supervision.forms import words as of_forms
from services.supervision.indicators import EVER
from services.supervision.indicators.reporting import PERIODS_IN_MEAN, PERIODS_IN_TREND
from shared.domain.periods import Week
from shared.domain.report_periods import HalfYear, Month, Year
from shared.domain.wording import LANGUAGES

KINDS = [Week, Month, HalfYear, Year]
# Texts that mean a week in every report: groups report weekly, and the programme begins with one.
OF_WEEKS = {
    *("group_reports", "before_programme", "programme_begins", "group_week", "sums_of_weeks"),
}
WEEKLY = re.compile("[本上下]周|四周|周日|周通报|(this|last|next|first|the) week|weekly|four-week")


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("{this}、{last}、{next}、{first}", Week, "本周、上周、下周、首周"),
        ("{this}、{last}、{next}、{first}", Month, "本月、上月、下月、首月"),
        ("{this}、{last}、{next}、{first}", HalfYear, "本期、上期、下期、首期"),
        ("{this}、{last}、{next}、{first}", Year, "本年度、上年度、下年度、首年度"),
    ],
)
def test_a_text_has_the_words_of_the_period(text, kind, said):
    assert of_kind(text, kind, "zh") == said


def test_a_name_with_a_capital_begins_a_sentence():
    assert of_kind("{Last}'s issue, {last}", Month, "en") == "Last month's issue, last month"


@pytest.mark.parametrize(
    ("period", "zh", "en"),
    [
        (Week(2017, 6), "2017年第6周", "2017-W06"),
        (Month(2017, 2), "2017年2月", "February 2017"),
        (HalfYear(2017, 1), "2017年上半年", "first half of 2017"),
        (HalfYear(2017, 2), "2017年下半年", "second half of 2017"),
        (Year(2017), "2017年", "2017"),
    ],
)
def test_a_period_has_a_name_in_both_languages(period, zh, en):
    assert (name_of(period, "zh"), name_of(period, "en")) == (zh, en)
    assert kind_of(str(period)) is type(period)


def test_the_words_for_a_mean_have_its_number_of_periods():
    numerals = {2: ("两", "two"), 3: ("三", "three"), 4: ("四", "four")}
    for kind, number in PERIODS_IN_MEAN.items():
        for name in ("{mean}", "{mean_of}"):
            zh, en = pair_of_kind((name, name), kind)
            assert zh.startswith(numerals[number][0]) and numerals[number][1] in en
        assert PERIODS_IN_TREND[kind] >= number


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fixed_text_of_a_longer_period_is_free_of_weeks(lang, kind):
    place = LANGUAGES.index(lang)
    said = {name: text for name, text in words_of(kind, lang).items() if isinstance(text, str)}
    assert said.keys() == {name for name, pair in PAIRS.items() if isinstance(pair[0], str)}
    for table in (of_forms.TITLES, of_forms.HEADS, of_forms.COVER, of_forms.TOPICS):
        said |= {name: of_kind(pair[place], kind, lang) for name, pair in table.items()}
    for table in (of_forms.COLUMNS_MEAN, of_forms.WEEK_NOTES, of_forms.QUALIFIERS_MEAN):
        said |= {f"of {it}": of_kind(pair[place], kind, lang) for it, pair in table.items()}
    for item in EVER.values():
        pair = item.definition_zh, item.definition_en
        said[f"definition {item.code}"] = of_kind(pair[place], kind, lang)
    assert not [text for text in said.values() if "{" in text]
    if kind is not Week:
        found = {name for name, text in said.items() if WEEKLY.search(text)}
        assert found <= OF_WEEKS | {f"of {name}" for name in OF_WEEKS | {"cumulative"}}
