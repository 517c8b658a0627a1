"""One hypothesis profile: no deadline on noisy machines, and in CI the same examples each time."""

import os

from hypothesis import settings

settings.register_profile("warm", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("warm")
