"""The recipes for digests in the subscriber's guide give the digests of a briefing."""

import json
import re
import subprocess
import sys

import pytest

from deploy.local.places import ROOT
from tests.unit.services.supervision.briefing.test_verify import ISSUE

GUIDE = (ROOT / "deploy/subscriber/README.md").read_text("utf-8")
RECIPES = re.findall(r"```python\n(import hashlib, json\n.+?)```", GUIDE, re.DOTALL)


@pytest.mark.parametrize(
    ("recipe", "member"), [*zip(RECIPES, ["digest", "content_digest"], strict=True)]
)
def test_the_recipe_gives_the_digest(tmp_path, recipe, member):
    text = json.dumps(ISSUE, ensure_ascii=False)
    (tmp_path / "2017-W06-r0.json").write_text(text, encoding="utf-8")
    printed = subprocess.run(
        [sys.executable, "-c", recipe], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    assert printed == ISSUE[member]
