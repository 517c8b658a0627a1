"""PyMongo under eventlet: many green threads share one client, and none stops the others."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("green_threads.py")
SELECTS = Path(__file__).with_name("green_select.py")
SECONDS = 60


@pytest.fixture
def printed(stack, collection):
    command = [sys.executable, "-W", "ignore", PROGRAM, stack.mongodb_uri, collection.name]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert ended.returncode == 0, ended.stderr
    return [int(number) for number in ended.stdout.split()]


def test_what_many_green_threads_write_is_all_there(printed, collection):
    written, _ = printed
    assert written == collection.count_documents({}) == 1000


def test_others_go_on_while_one_waits_for_the_database(printed):
    _, ticks_in_half_a_second = printed
    assert ticks_in_half_a_second > 5


def test_a_green_select_wakes_its_thread_once_more_in_another_wait():
    command = [sys.executable, "-W", "ignore", SELECTS]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert (ended.returncode, ended.stdout) == (0, "woken by nobody\n")
