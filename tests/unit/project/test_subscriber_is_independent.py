"""The example subscriber is what anybody could write: no code of this project is in it."""

import ast
import subprocess
import sys

import pytest

from deploy.local.places import ROOT

FOLDER = ROOT / "deploy" / "subscriber"
SUBSCRIBER, SIGNATURES = FOLDER / "subscriber.py", FOLDER / "signatures.py"


def test_it_imports_pika_and_the_standard_library_only():
    """Checking signatures needs one package more, and is a file of its own."""
    foreign = imported_packages(SUBSCRIBER) - sys.stdlib_module_names
    assert foreign == {"pika", SIGNATURES.stem}
    assert imported_packages(SIGNATURES) - sys.stdlib_module_names == {"cryptography"}


def test_it_starts_where_the_project_is_not_importable(tmp_path):
    # Isolated: neither the current folder nor PYTHONPATH can help.
    command = [sys.executable, "-I", SUBSCRIBER, "--help"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "--queue" in ended.stdout


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({}, "AMQP_URI_FILE"),
        ({"AMQP_URI": "amqp://a:hush@h/", "AMQP_URI_FILE": "/no/uri"}, "one of AMQP_URI and"),
        ({"AMQP_URI_FILE": "/no/uri"}, "/no/uri"),
        ({"AMQP_URI": "amqp://a:hush@h/?cacertfile=/no/ca.pem"}, "needs amqps"),
        ({"AMQP_URI": "amqps://a:hush@h/?cacertfile=/no/ca.pem"}, "/no/ca.pem"),
        ({"AMQP_URI": f"amqps://a:hush@h/?cacertfile={SUBSCRIBER}"}, "no certificate"),
        ({"AMQP_URI": "amqps://a:hush/@h/"}, "need amqp://"),
        ({"AMQP_URI": "amqps://a:b@h/?hush=1"}, "need amqp://"),
    ],
)
def test_it_says_what_is_wrong_with_the_address_and_not_the_address(environment, says, tmp_path):
    command = [sys.executable, SUBSCRIBER, "--queue", "q", "--out", tmp_path]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr and "hush" not in ended.stderr


def imported_packages(path):
    packages = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            packages |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            packages.add("." * node.level + (node.module or "").split(".")[0])
    return packages
