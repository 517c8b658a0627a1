"""The reference as HTML: current, complete, sound in itself; its programs are programs."""

import ast
import re
import subprocess
from html import unescape

import pytest

from deploy.catalogue import reference
from deploy.catalogue.kinds import KINDS
from deploy.catalogue.markdown import anchor
from shared.contracts.events import published_versions
from shared.contracts.rpc import DECLARED
from shared.domain.errors import WarmError

PAGE = reference.text()
IDS = re.findall(r'\bid="([^"]+)"', PAGE)
MOST_BYTES = 3_000_000


def test_the_page_in_docs_is_current_and_small():
    assert reference.FILE.read_text("utf-8") == PAGE, "stale: run `python -m deploy.catalogue`"
    assert len(PAGE.encode()) < MOST_BYTES


def test_everything_that_is_declared_has_its_place():
    named = {f"{it.name}.{it.version}" for it in published_versions()}
    named |= {f"rpc.{owner}.{name}" for owner, methods in DECLARED.items() for name in methods}
    named |= {anchor(kind.title) for kind in KINDS}
    named |= {error.__name__ for error in WarmError.__subclasses__()}
    assert named <= set(IDS)
    assert len(IDS) == len(set(IDS))


def test_every_link_leads_somewhere():
    for target in set(re.findall(r'href="([^"]+)"', PAGE)):
        path, _, place = unescape(target).partition("#")
        assert (reference.FILE.parent / path).exists() if path else place in IDS, target


def test_the_page_needs_nothing_but_itself():
    assert not re.findall(r'\b(?:src|href)="(?:https?:)?//', PAGE)
    assert "<link" not in PAGE and "@import" not in PAGE


def programs(title):
    found = re.findall(rf"<summary>{title}</summary><pre>(.*?)</pre>", PAGE, re.DOTALL)
    return [unescape(it) for it in found]


def test_the_programs_are_programs():
    methods = [it for own in DECLARED.values() for it in own.values()]
    python, shell = programs("Python"), programs("amqp-tools")
    assert len(python) == len(list(published_versions())) + len(methods)
    assert len(shell) == len([it for it in methods if not it.changes])
    for program in python:
        ast.parse(program)
    whole = "\n".join(shell)
    subprocess.run(["sh", "-n"], input=whole, text=True, check=True)


@pytest.mark.parametrize(
    "markdown, html",
    [
        ("a `<b>` & c", "a <code>&lt;b&gt;</code> &amp; c"),
        (
            "[`person:<id>` or so](kinds.md#actor)",
            '<a href="#actor"><code>person:&lt;id&gt;</code> or so</a>',
        ),
        ("[rules](plausibility.md)", '<a href="../catalogue/plausibility.md">rules</a>'),
    ],
)
def test_code_and_links_are_shown_as_such(markdown, html):
    assert reference.inline(markdown) == html
