"""The list of mutations keeps up with the code."""

import pytest

from deploy.local.places import ROOT
from tests.mutations.mutations import MUTATIONS


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda it: it.name)
def test_what_a_mutation_replaces_is_there_once(mutation):
    assert (ROOT / mutation.file).read_text().count(mutation.text) == 1


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda it: it.name)
def test_the_test_that_notices_it_is_there(mutation):
    file, name = mutation.killed_by
    assert f"def {name}" in (ROOT / file).read_text()


def test_each_has_a_name_of_its_own():
    assert len({mutation.name for mutation in MUTATIONS}) == len(MUTATIONS) >= 12
