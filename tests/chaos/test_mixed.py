"""Faults drawn at random, one or two at a time, while a load runs: `--minutes` long."""

import time
from random import Random

import pytest

from tests.chaos.faults import FAULTS, inject
from tests.chaos.load import Load, repeatable
from tests.chaos.reckoning import reckon

# So many draws make a round, and after each round there is a reckoning.
WAVES = 3
BETWEEN = 20


@pytest.mark.long
def test_faults_mixed_at_random_lose_nothing_and_count_nothing_double(district, seed, minutes):
    chance, drawn = Random(seed), []
    end = time.monotonic() + minutes * 60

    def story():
        return f"repeat it: ./warm test long chaos_mixed --seed {seed}\nfaults: {drawn}"

    with repeatable(story):
        while time.monotonic() < end:
            with Load(district, seed, f"mixed-{len(drawn)}") as load:
                for _ in range(WAVES):
                    faults = draw(chance)
                    drawn.append([fault.name for fault in faults])
                    load.more(BETWEEN)
                    inject(faults, district, load, f"{seed}:{len(drawn)}")
                load.more(BETWEEN)
            counted = reckon(district)
            print(drawn[-WAVES:], counted, "asked again:", dict(load.asked_again))


def draw(chance):
    """One fault, or two that don't touch the same thing."""
    first = chance.choice(list(FAULTS.values()))
    others = [fault for fault in FAULTS.values() if not fault.touches & first.touches]
    return [first, chance.choice(others)] if others and chance.random() < 0.6 else [first]
