"""Each fault of a service beside each of the servers, in two halves of half an hour."""

from itertools import product

import pytest

from tests.chaos.faults import FAULTS, inject
from tests.chaos.load import Load, repeatable
from tests.chaos.reckoning import reckon

BEFORE, AFTER = 20, 20
SERVERS = {name for name, fault in FAULTS.items() if fault.touches == {"servers"}}
OTHERS = {name for name, fault in FAULTS.items() if "servers" not in fault.touches}

PAIRS = [*product(sorted(SERVERS), sorted(OTHERS))]


@pytest.fixture(autouse=True)
def in_half(request, pair):
    half = request.config.getoption("half", default=None)
    if half and PAIRS.index(pair) % 2 != half - 1:
        pytest.skip("in the other half")


@pytest.mark.long
@pytest.mark.parametrize("pair", PAIRS, ids=" and ".join)
def test_two_faults_at_once_lose_nothing_and_count_nothing_double(district, seed, pair):
    with repeatable(
        lambda: f"repeat it: ./warm test chaos -m long -k '{' and '.join(pair)}' --seed {seed}"
    ):
        with Load(district, seed, f"pair-{PAIRS.index(pair)}") as load:
            load.more(BEFORE)
            inject([FAULTS[name] for name in pair], district, load, f"{seed}:{pair}")
            load.more(AFTER)
        print(*pair, reckon(district), "asked again:", dict(load.asked_again))
