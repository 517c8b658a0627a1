"""The example subscriber is what a stranger could write: nothing of ours is in it."""

import ast
import subprocess
import sys

from deploy.local.places import ROOT

SUBSCRIBER = ROOT / "deploy" / "subscriber" / "subscriber.py"


def test_it_imports_pika_and_the_standard_library_only():
    foreign = imported_packages(SUBSCRIBER) - sys.stdlib_module_names
    assert foreign == {"pika"}


def test_it_starts_where_the_project_is_not_importable(tmp_path):
    # Isolated: neither the current folder nor PYTHONPATH can help.
    command = [sys.executable, "-I", SUBSCRIBER, "--help"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "--queue" in ended.stdout


def imported_packages(path):
    packages = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            packages |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            packages.add("." * node.level + (node.module or "").split(".")[0])
    return packages
