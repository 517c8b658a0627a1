"""The pages that people wrote, and what they name: links, paths, commands."""

import re
import shlex
from functools import cache
from pathlib import Path

import typer

from deploy.local import testing
from deploy.local.cli import app
from deploy.local.places import ROOT

FOLDERS = ("docs", "services", "deploy", "clients")
GENERATED = ("docs/catalogue/",)
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
PATH = re.compile(r"(?:shared|services|deploy|tests|docs)/[\w./*<>-]+")
# A test as the guarantees name it.
TEST = re.compile(r"(?:unit|contract|integration|end_to_end|chaos|composed)/[\w/]+\.py")


def names():
    """Every Markdown page of the repository that isn't generated, by its path."""
    below = (it for name in FOLDERS for it in (ROOT / name).rglob("*.md"))
    own = (it for it in below if "node_modules" not in it.parts)
    found = sorted(str(it.relative_to(ROOT)) for it in [*ROOT.glob("*.md"), *own])
    return [name for name in found if not name.startswith(GENERATED)]


@cache
def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def prose(name):
    """Without blocks of code."""
    return FENCE.sub("", text(name))


def blocks(text):
    """(language, code, what stands before it) of each block of code."""
    for found in FENCE.finditer(text):
        indent, language, code = found.groups()
        lines = (line.removeprefix(indent) for line in code.splitlines())
        yield language, "\n".join(lines), text[: found.start()]


def links(name):
    """Targets of links within the repository."""
    targets = re.findall(r"\]\(([^)\s]+)\)", prose(name))
    return [target for target in targets if "://" not in target]


def paths(text):
    """Paths of files and folders in code spans."""
    for span in re.findall(r"`([^`\n]+)`", FENCE.sub("", text)):
        if PATH.fullmatch(span):
            yield span
        elif TEST.fullmatch(span):
            yield f"tests/{span}"


def exists(path):
    """`<name>` stands for any name, `*` for any text."""
    pattern = re.sub(r"<[^>]*>", "*", path).rstrip("/")
    return any(ROOT.glob(pattern))


def commands(text):
    """Every line with a `./warm` command, as words."""
    lines = [line for _, code, _ in blocks(text) for line in code.splitlines()]
    lines += re.findall(r"`([^`\n]*)`", FENCE.sub("", text))
    for line in lines:
        found = re.match(r"(?:sudo |[A-Z_]+=\S+ )*\./warm (.+)", line.strip())
        if found:
            yield shlex.split(found[1].split("  #")[0].replace("…", " "), comments=True)


def problem(words):
    """What is wrong with the words after `./warm`; None if such a command exists."""
    command, left = typer.main.get_command(app), list(words)
    while left and hasattr(command, "commands"):
        name = left.pop(0)
        if name == "--help":
            return None
        if name not in command.commands:
            return f"no command {name}"
        command = command.commands[name]
    if words[0] == "test":
        return _problem_of_test(left)
    known = {option for it in command.params for option in it.opts}
    unknown = [it for it in left if it.startswith("-") and it not in known]
    ignores = command.context_settings.get("ignore_unknown_options")
    return f"no option {unknown[0]}" if unknown and not ignores else None


def _problem_of_test(words):
    if not words or words[0].startswith("-"):
        return None
    suite, *rest = words
    if suite == testing.LONG:
        parts = {part.name for part in testing.PARTS} | {"PART", "[PART]"}
        named = [word for word in rest[:1] if not word.startswith("-")]
        return next((f"no part {it}" for it in named if it not in parts), None)
    known = (testing.LINT, "SUITE", *testing.suites())
    return None if suite in known else f"no tests {suite}"


def page_of(target, source):
    """The page that a link in the page `source` leads to, and the place in it."""
    path, _, place = target.partition("#")
    if not path:
        return source, place
    whole = (ROOT / source).parent / path
    return str(Path(whole).resolve().relative_to(ROOT)), place
