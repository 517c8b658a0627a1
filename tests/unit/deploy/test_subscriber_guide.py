"""The recipes for digests in the subscriber's guide give the digests of a briefing."""

import json
import re
import subprocess
import sys

import pytest

from deploy.local.places import ROOT
from services.supervision.briefing.edited_points import with_edits
from services.supervision.editions.public import public
from services.supervision.forms import rendering
from tests.support.assessment.half_year import whole
from tests.unit.services.supervision.proof.test_verify import ISSUE, signer

GUIDE = (ROOT / "deploy/subscriber/README.md").read_text("utf-8")
RECIPES = re.findall(r"```python\n(import hashlib, json\n.+?)```", GUIDE, re.DOTALL)


EDIT = {"point": 1, "zh": "另一说法", "en": "other words", "edited_by": "person:a"}
EDIT |= {"by_rules": {lang: ISSUE["headlines"][0][lang] for lang in ("zh", "en")}}
EDITED = rendering.signed(with_edits(rendering.without_signature(ISSUE), [EDIT]), signer())

HALF_YEAR = rendering.signed(whole(), signer())
PUBLIC = rendering.signed(public(whole(), [], 5), signer())


@pytest.mark.parametrize(
    "issue",
    [ISSUE, EDITED, HALF_YEAR, PUBLIC],
    ids=["by the rules", "edited", "a half-year", "its public edition"],
)
@pytest.mark.parametrize(
    ("recipe", "member"), [*zip(RECIPES, ["digest", "content_digest"], strict=True)]
)
def test_the_recipe_gives_the_digest(tmp_path, recipe, member, issue):
    text = json.dumps(issue, ensure_ascii=False)
    (tmp_path / "2017-W06-r0.json").write_text(text, encoding="utf-8")
    printed = subprocess.run(
        [sys.executable, "-c", recipe], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    assert printed == issue[member]


def test_the_members_that_it_names_are_in_the_document():
    [section] = re.findall(r"### What is in the document\n(.+?)\n\*\*Delivery", GUIDE, re.DOTALL)
    table, cell = section.split("A cell has ")
    rows = re.findall(r"^\| (`.+?) \| (.+) \|$", table, re.MULTILINE)
    named = {name for members, _ in rows for name in re.findall(r"`(\w+)`", members)}
    assert named and named <= ISSUE.keys() | {"edition"}
    fields = re.findall(r"`(\w+)`", cell.split(". **")[0])
    assert set(fields) <= ISSUE["cells"][0].keys()
    [of_masthead] = [meaning for members, meaning in rows if members == "`masthead`"]
    assert set(re.findall(r"`(\w+)`", of_masthead)) <= ISSUE["masthead"].keys() | {"zh", "en"}
