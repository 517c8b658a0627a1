"""Levels of lists and objects in each other, without recursion."""

from collections.abc import Iterator
from typing import Any


def levels(value: Any) -> Iterator[list[Any]]:
    """The values at each depth, `value` itself first."""
    level = [value]
    while level:
        yield level
        below: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                below.extend(one.values())
            elif isinstance(one, list):
                below.extend(one)
        level = below


def too_deep(value: Any, most: int) -> bool:
    return any(depth > most for depth, _ in enumerate(levels(value)))
