"""The page about rubrics describes every field that a rubric has."""

from deploy.catalogue import rubric
from services.supervision.assessment.rubric_words import FIELD_WORDS
from services.supervision.assessment.rubrics import versions


def test_every_field_and_no_other_is_described_in_both_languages():
    assert {row[0].strip("`") for row in rubric.fields()} == FIELD_WORDS.keys()
    assert all(len(words) == 2 and all(words) for words in FIELD_WORDS.values())


def test_every_rubric_of_the_release_is_on_the_page():
    text = "\n".join(rubric.lines())
    assert all(f"Rubric {version}" in text for version in versions())
