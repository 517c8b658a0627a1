"""Work side by side: all of it, in order, and whatever goes wrong is raised."""

import eventlet
import pytest

from shared.platform.concurrency import run_concurrently


def test_results_come_in_the_order_of_the_items():
    assert run_concurrently(3, lambda number: number * number, range(10)) == [
        n * n for n in range(10)
    ]


def test_so_many_at_once_and_no_more():
    at_once, most = [], []

    def work(number):
        at_once.append(number)
        most.append(len(at_once))
        eventlet.sleep(0)
        at_once.remove(number)

    run_concurrently(3, work, range(20))
    assert max(most) == 3


def test_what_a_piece_of_work_raises_is_raised():
    with pytest.raises(ZeroDivisionError):
        run_concurrently(2, lambda number: 1 // number, [1, 0, 2])


def test_what_the_items_raise_is_raised():
    def items():
        yield 1
        raise ConnectionError

    with pytest.raises(ConnectionError):
        run_concurrently(2, lambda number: number, items())
