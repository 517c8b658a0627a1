"""The examples as processes, beside services that publish a real issue."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from deploy.local.places import ROOT
from deploy.local.waiting import wait_until
from tests.support.running import WEEK

SECONDS = 60
NAME = f"{WEEK}-r0"


@pytest.fixture(scope="module")
def place(started, tmp_path_factory):
    """Files of a subscriber, and a published issue."""
    folder = tmp_path_factory.mktemp("examples")
    (folder / "address").write_text(started.stack.amqp_uri_of("archive"))
    (folder / "office.pem").write_text(started.ask("supervision", "signing_key")["pem"])
    started.issue(str(WEEK))
    return folder


@contextmanager
def example(place, name, *arguments):
    files = ["--address-file", place / "address", "--keys", place / "office.pem"]
    command = [sys.executable, ROOT / "clients/examples" / f"{name}.py", *files, *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "clients/python/src")}
    process = subprocess.Popen(command, env=environment)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0


def test_the_archive_has_the_issue_and_each_form_that_its_manifest_names(place):
    folder = place / "archive" / NAME
    with example(place, "archive", "--out", place / "archive"):
        assert wait_until((folder / "manifest.json").exists, SECONDS)
        named = json.loads((folder / "manifest.json").read_bytes())["renderings"]
        assert named
        assert wait_until(lambda: len(list(folder.glob("[ez][nh].*"))) == len(named), SECONDS)
    kept = {hashlib.sha256(it.read_bytes()).hexdigest() for it in folder.glob("[ez][nh].*")}
    assert kept == {it["sha256"] for it in named}


@pytest.mark.long
def test_the_feed_of_the_site_has_the_issue(place):
    feed = place / "site" / "feed.json"
    site = ["--site", "https://erqi.example.org"]
    # The archive's receipt is there already: the stream brings the issue all the same.
    with example(place, "feed", "--out", place / "site", *site):
        assert wait_until(feed.exists, SECONDS)
    [item] = json.loads(feed.read_text("utf-8"))["items"]
    assert item["url"] == f"https://erqi.example.org/{NAME}.html"
    assert (place / "site" / f"{NAME}.html").exists()
