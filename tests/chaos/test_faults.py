"""Each fault alone, under load: nothing is lost, nothing counts double."""

from random import Random

import pytest

from tests.chaos.faults import FAULTS
from tests.chaos.load import Load, repeatable
from tests.chaos.reckoning import reckon

BEFORE, AFTER = 30, 60


@pytest.mark.parametrize("name", FAULTS)
def test_nothing_is_lost_and_nothing_counts_double(district, seed, name):
    with repeatable(lambda: f"repeat it: ./warm test chaos -k {name} --seed {seed}"):
        with Load(district, seed, name) as load:
            load.more(BEFORE)
            FAULTS[name].act(district, load, Random(f"{seed}:{name}"))
            load.more(AFTER)
        print(name, reckon(district), "asked again:", dict(load.asked_again))
