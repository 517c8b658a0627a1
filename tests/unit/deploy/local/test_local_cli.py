"""Help, errors and exit status of the command line."""

import os
import re
import subprocess
import sys

import pytest
import typer
from typer.core import TyperGroup
from typer.testing import CliRunner

from deploy.local import install, testing
from deploy.local.cli import app
from deploy.local.errors import CannotRun
from deploy.local.places import ROOT
from services.supervision.forms import fonts
from shared.platform.version import project_version


def warm(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "deploy.local.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_an_unknown_command_is_a_usage_error():
    done = warm("brew")
    assert done.returncode == 2
    assert "No such command 'brew'" in done.stderr


def commands(group, *names):
    """The names of every command below the group, and the command."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, *names, name)
        else:
            yield (*names, name), command


# The benchmarks print a help of their own.
COMMANDS = {
    " ".join(names): command
    for names, command in commands(typer.main.get_command(app))
    if names != ("bench",)
}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_has_an_example_and_the_exit_statuses(name):
    done = CliRunner().invoke(app, [*name.split(), "--help"], prog_name="./warm")
    assert done.exit_code == 0
    assert f"Usage: ./warm {name}" in done.stdout
    assert re.search(rf"Example: (sudo )?\./warm {name}\b", done.stdout)
    assert "Exit status: " in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_argument_and_option_is_described(name):
    assert all(parameter.help for parameter in COMMANDS[name].params)


def test_the_version_is_that_of_the_project():
    assert warm("--version").stdout == f"{project_version()}\n"


def test_an_expected_failure_is_two_lines_and_no_traceback():
    done = warm("up", WARM_PORT_BASE="none")
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 2


def test_an_unknown_suite_is_answered_with_the_known_ones():
    with pytest.raises(CannotRun, match="lint.*integration.*unit"):
        testing.run(["nonsense"], print)


def test_without_root_a_missing_broker_names_the_package_and_the_way_around(monkeypatch):
    monkeypatch.setattr(install, "_broker_script", lambda: None)
    monkeypatch.setattr(install.os, "geteuid", lambda: 1000)
    with pytest.raises(CannotRun, match="rabbitmq-server.*AMQP_URI"):
        install.ensure_broker(print)


def test_without_root_missing_fonts_name_their_package(monkeypatch, tmp_path):
    monkeypatch.setattr(fonts, "FOLDER", tmp_path)
    monkeypatch.setattr(install.os, "geteuid", lambda: 1000)
    with pytest.raises(CannotRun, match=fonts.PACKAGES[0]):
        install.ensure_fonts(print)


def test_the_image_installs_the_fonts_of_the_one_list():
    steps = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
    assert "COPY services/supervision/forms/fonts.txt" in steps
    assert not any(package in steps for package in fonts.PACKAGES)


def test_a_library_name_leads_to_its_debian_package():
    names = ("libcurl.so.4", "libssl.so.3", "libcrypto.so.3", "liblzma.so.5")
    packages = ["libcurl4", "libssl3", "libssl3", "liblzma5"]
    assert [install._package_of(name) for name in names] == packages
