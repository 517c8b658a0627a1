"""What the command line says, and its exit status."""

import os
import subprocess
import sys

import pytest

from deploy.local import install, testing
from deploy.local.errors import CannotRun
from deploy.local.places import ROOT


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


@pytest.mark.parametrize("command", ["up", "down", "status", "logs", "test"])
def test_every_command_explains_itself(command):
    done = warm(command, "--help")
    assert done.returncode == 0
    assert "Usage: ./warm" in done.stdout


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


def test_a_library_name_leads_to_its_debian_package():
    names = ("libcurl.so.4", "libssl.so.3", "libcrypto.so.3", "liblzma.so.5")
    packages = ["libcurl4", "libssl3", "libssl3", "liblzma5"]
    assert [install._package_of(name) for name in names] == packages
