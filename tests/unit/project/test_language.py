"""Words of the project's former private vocabulary don't come back.

Pages, docstrings, comments and texts are read by people for whom English is a second language: they
use the words of docs/glossary.md, in short sentences. Names in the code use the same words.
"""

import ast
import io
import re
import tokenize

import pytest

from deploy.local.places import ROOT
from shared.contracts.rpc.common import ALIASES
from tests.support import doc_pages as pages

THING = r"(?:broker|database|document|event|fact|field|figure|file|log|message|page|queue|README)s?"

# A pattern of what must not be written → what is written instead.
PHRASES = {
    r"said again": "running it again",
    r"no rights? too many": "only the permissions that it needs",
    r"what (?:is asked|an? operator asks) first": "what operators check first",
    r"forgotten in a failure": "if this write is lost",
    r"what the process dies of": "may be crashing the process",
    r"\b(?:bury|buries|buried)\b": "marked failed",
    r"what can wait until": "background work is delayed",
    r"in the form that is wanted": "say the form",
    r"\bstrangers?\b": "untrusted publisher",
    r"\bmend(?:s|ed|ing)?\b": "correct, fix",
    r"\bspoilt\b": "invalid",
    r"\b(?:is|are|was|were|be|been|being) away\b": "unreachable",
    r"\b(?:told|tells|telling) of\b": "reported, described",
    r"\bwhoever\b": "name the person or the program",
    r"\ball that (?:is|was|has|had|they|it|there)\b": "everything that, or name it",
    rf"\b{THING} (?:tells?|knows?|told|knew)\b": "a thing shows, holds or reports",
    r"\bbooks\b": "repository, database",
    r"\bcrowd(?:s|ed|ing)?\b": "back-pressure",
    r"\b(?:fast ?)?lanes?\b": "concurrency, fast path",
    r"\bstop(?:s|ped|ping)? the line\b|\bline (?:is |was )?stopped\b|\bstopped line\b": (
        "circuit breaker"
    ),
    r"\bpark(?:s|ing)?\b|\bparked (?:message|letter|entr)": "dead letter",
    r"\b(?:is|are|was|were|be|been|gets?) parked\b": "becomes a dead letter",
    r"\btriage\b": "dead-letter actions",
    r"\brecall(?:s|ed|ing)?\b": "week query, carried over",
    r"\bremembered\b": "tracked, stored",
    r"\bat a desk\b|\bservice desk\b": "on a desktop screen; commands",
}

# Words that no module, class, function, attribute or variable is named by, however they are put
# together.
NAMES = {
    "books": "repository, database",
    "buried": "abandoned",
    "bury": "abandon",
    "crowd": "backpressure",
    "crowded": "backpressure",
    "desk": "commands",
    "lane": "concurrency",
    "lanes": "concurrency",
    "fastlane": "compiled decoders",
    "mend": "fix",
    "mended": "fixed",
    "park": "store as a dead letter",
    "parked": "dead letters",
    "parking": "dead-letter store",
    "recall": "week query",
    "recalled": "week query",
    "remembered": "tracked",
    "spoilt": "invalid",
    "stranger": "untrusted",
    "strangers": "untrusted",
    "told": "reported, published",
    "triage": "dead-letter actions",
}

# Public: former RPC methods that are still answered, a network of docker-compose.yml, stored
# collections, keys of results. In pages and comments they stand in code spans.
PUBLIC = {
    *ALIASES,
    "books",
    "parked",
    "parked_acts",
    "parked_again",
    "strangers",
    "told_differently",
}
# The pages that name the former words on purpose.
HISTORY = ("CHANGELOG.md",)
# This list itself.
THIS = "tests/unit/project/test_language.py"

FOLDERS = ("shared", "services", "deploy", "clients", "tests")
PYTHON = (ROOT / "warm", *(file for it in FOLDERS for file in (ROOT / it).rglob("*.py")))
MODULES = sorted({str(file.relative_to(ROOT)) for file in PYTHON} - {THIS})
OTHERS = ["docker-compose.yml", ".env", ".ci/run", "deploy/Dockerfile", "pyproject.toml"]


def problems_of_text(text):
    """(what is written, what to write instead) of each phrase."""
    if text in PUBLIC:
        return
    flat = " ".join(re.sub(r"`[^`]*`", "``", text).split())
    for pattern, instead in PHRASES.items():
        for found in re.finditer(pattern, flat, re.IGNORECASE):
            yield found[0], instead


def words_of(name):
    """`parkedMessages`, `parked_messages` → parked, messages."""
    return re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)


def problems_of_name(name):
    if name not in PUBLIC:
        for word in words_of(name):
            if word.lower() in NAMES:
                yield name, NAMES[word.lower()]


def texts(source):
    """(line, text) of docstrings, other texts and comments: those that stand together as one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        elif isinstance(node, ast.JoinedStr):
            parts = (it.value for it in node.values if isinstance(it, ast.Constant))
            yield node.lineno, " … ".join(parts)
    yield from comments(source)


def comments(source):
    lines, begin = [], 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            begin = begin if lines else token.start[0]
            lines.append(token.string.lstrip("#! "))
        elif lines and token.type not in (tokenize.NL, tokenize.INDENT):
            yield begin, " ".join(lines)
            lines = []


def names(source, variables=True):
    """(line, name) of classes, functions and attributes, and of variables too if wanted."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr
        elif variables and isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif variables and isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id


def said(problems):
    """A line for each problem."""
    lines = {f"{place}: {written!r}: {instead}" for place, written, instead in problems}
    return "\n".join(sorted(lines))


@pytest.mark.parametrize("name", [it for it in pages.names() if it not in HISTORY])
def test_a_page_is_in_plain_english(name):
    assert not said((name, *found) for found in problems_of_text(pages.prose(name)))


@pytest.mark.parametrize("name", OTHERS)
def test_the_comments_beside_the_code_are_in_plain_english(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    text = " ".join(line.partition("#")[2] for line in lines)
    assert not said((name, *found) for found in problems_of_text(text))


@pytest.mark.parametrize("name", MODULES)
def test_the_texts_of_a_module_are_in_plain_english(name):
    source = (ROOT / name).read_text(encoding="utf-8")
    assert not said(
        (f"{name}:{line}", *found)
        for line, text in texts(source)
        for found in problems_of_text(text)
    )


@pytest.mark.parametrize("name", MODULES)
def test_the_names_of_a_module_are_the_fields_own(name):
    source = (ROOT / name).read_text(encoding="utf-8")
    module = [
        (f"{name}", *found)
        for found in problems_of_name(name.rsplit("/", 1)[-1].removesuffix(".py"))
    ]
    assert not said(
        module
        + [
            (f"{name}:{line}", *found)
            for line, one in names(source, variables=not name.startswith("tests/"))
            for found in problems_of_name(one)
        ]
    )


@pytest.mark.parametrize(
    "text",
    [
        "Said again, it keeps what is there",
        "with no right too many",
        "answers what is asked first",
        "Forgotten in a failure, a pull only makes an event go out once more",
        "may be what the process dies of",
        "is buried by whoever looks",
        "what can wait until it is calm again does",
        "Not in the form that is wanted here",
        "a stranger's message",
        "while the broker is away",
        "Mend the file.",
        "In its own books",
        "What the figure tells",
    ],
)
def test_the_examples_of_the_former_language_are_found(text):
    assert list(problems_of_text(text))


def test_words_within_names_are_found():
    assert list(problems_of_name("ParkedMessages")) and list(problems_of_name("recall_week"))
    assert not list(problems_of_name("parked")) and not list(problems_of_name("untold"))
