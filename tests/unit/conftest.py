"""One hypothesis profile: no deadline on noisy machines, and in CI the same examples each time."""

import os

from hypothesis import Phase, settings

settings.register_profile(
    "warm",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    # What fails is said soon: one example, made smaller, without a search for explanations.
    report_multiple_bugs=False,
    phases=[phase for phase in Phase if phase is not Phase.explain],
)
settings.load_profile("warm")
