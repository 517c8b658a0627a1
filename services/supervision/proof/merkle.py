"""One digest for all facts of an issue, and short proofs that a fact is among them.

The Merkle tree of RFC 6962, section 2.1. A leaf is a fact: its source, its number, its event's id
and the digest of its text, as canonical JSON, such as

    ["relief",12,"ecca6c50-…","9bae12b9…"]

Leaves are in the order of source and number.
"""

import hashlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from shared.domain import canonical

SIZE = 32
# The bytes of so many hashes that their tree is a full one.
BLOCK = SIZE * 4096
# The root of a tree without leaves.
EMPTY = hashlib.sha256(b"").digest()


class Leaf(NamedTuple):
    """A fact in the tree. `digest` is the hexadecimal SHA-256 of its text as it is stored."""

    source: str
    number: int
    id: str
    digest: str

    def hash(self) -> bytes:
        return hashlib.sha256(b"\x00" + canonical.dumps(list(self))).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Peaks:
    """The root of the leaves so far. Only the roots of full subtrees are kept: one for each power
    of two in the number of leaves."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf_hash: bytes) -> None:
        self.size += 1
        full, left = leaf_hash, self.size
        while left % 2 == 0:
            full, left = node(self._peaks.pop(), full), left // 2
        self._peaks.append(full)

    def root(self, more: bytes = b"") -> bytes:
        """`more` is the root of a smaller tree that follows on these."""
        peaks = [*self._peaks, more] if more else self._peaks
        if not peaks:
            return EMPTY
        *others, root = peaks
        for peak in reversed(others):
            root = node(peak, root)
        return root


class Blocks:
    """As Peaks, for many hashes at once: they stand side by side, and are hashed level by level."""

    def __init__(self) -> None:
        self._full = Peaks()
        self._rest = bytearray()

    def add(self, hashes: bytes) -> None:
        self._rest += hashes
        while len(self._rest) >= BLOCK:
            self._full.add(_top(self._rest[:BLOCK]))
            del self._rest[:BLOCK]

    def root(self) -> bytes:
        return self._full.root(_top(self._rest))


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root over the hashes of leaves, in their order."""
    peaks = Peaks()
    for leaf_hash in leaf_hashes:
        peaks.add(leaf_hash)
    return peaks.root()


def facts_root(leaves: Iterable[Leaf]) -> str:
    """The hexadecimal root over the facts of an issue.

    Raises ValueError if they are not in the order of source and number, each once.
    """
    return root(leaf.hash() for leaf in in_order(leaves)).hex()


def in_order(leaves: Iterable[Leaf]) -> Iterator[Leaf]:
    """The leaves, checked as `facts_root` says."""
    last = ("", 0)
    for leaf in leaves:
        last = place_after(last, leaf)
        yield leaf


def place_after(last: tuple[str, int], leaf: Leaf) -> tuple[str, int]:
    """The place of a leaf. Raises ValueError unless it is after the `last` one."""
    place = (leaf.source, leaf.number)
    if place <= last:
        raise ValueError(f"facts: {leaf.source} {leaf.number} stands after {last[0]} {last[1]}")
    return place


def _top(level: bytearray) -> bytes:
    """The root over hashes side by side; empty for none."""
    while len(level) > SIZE:
        level = _above(level)
    return bytes(level)


def _above(level: bytearray) -> bytearray:
    """The level above; the last one of an odd number stands in it as it is."""
    even = len(level) - len(level) % (2 * SIZE)
    pairs = [
        hashlib.sha256(b"\x01" + level[at : at + 2 * SIZE]).digest()
        for at in range(0, even, 2 * SIZE)
    ]
    return bytearray().join([*pairs, level[even:]])


def _at(level: bytearray, index: int) -> bytes:
    return bytes(level[index * SIZE : (index + 1) * SIZE])


class Tree:
    """The whole tree, for proofs. Each level holds its hashes side by side, 32 bytes each."""

    def __init__(self, leaf_hashes: Iterable[bytes | memoryview]) -> None:
        self._levels = [bytearray().join(leaf_hashes)]
        while len(self._levels[-1]) > SIZE:
            self._levels.append(_above(self._levels[-1]))

    def __len__(self) -> int:
        return len(self._levels[0]) // SIZE

    def root(self) -> bytes:
        return bytes(self._levels[-1]) or EMPTY

    def steps(self, index: int) -> list[tuple[str, bytes]]:
        """The audit path of the leaf at `index` (from 0), beginning beside the leaf: each sibling,
        and whether it is the "left" or the "right" one.

        Raises IndexError where there is no such leaf.
        """
        if not 0 <= index < len(self):
            raise IndexError(index)
        steps = []
        for level in self._levels[:-1]:
            # The last node of a level may have no sibling: it stands in the level above as it is.
            if sibling := _at(level, index ^ 1):
                steps.append(("left" if index % 2 else "right", sibling))
            index //= 2
        return steps


class FactTree:
    """The tree of facts that are added in order, and the place of each."""

    def __init__(self) -> None:
        self._hashes = bytearray()
        self._numbers: dict[str, array[int]] = {}

    def add(self, leaf: Leaf) -> None:
        self._hashes += leaf.hash()
        self._numbers.setdefault(leaf.source, array("Q")).append(leaf.number)

    def tree(self) -> Tree:
        """The tree of the facts so far."""
        hashes = memoryview(bytes(self._hashes))
        return Tree(hashes[at : at + SIZE] for at in range(0, len(hashes), SIZE))

    def index(self, source: str, number: int) -> int:
        """The place of a fact in the tree, from 0."""
        before = sum(len(numbers) for name, numbers in self._numbers.items() if name < source)
        return before + bisect_left(self._numbers[source], number)


def is_included(
    leaf_hash: bytes, index: int, size: int, path: Iterable[bytes], root: bytes
) -> bool:
    """Is the leaf at `index` of a tree with this size and root? RFC 9162, section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf_hash
    for sibling in path:
        if last == 0:
            return False
        if at % 2 or at == last:
            found = node(sibling, found)
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            found = node(found, sibling)
        at, last = at // 2, last // 2
    return last == 0 and found == root
