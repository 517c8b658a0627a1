"""The tree of RFC 6962 against the definition itself, and against the known example."""

import hashlib
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.proof import merkle
from services.supervision.proof.merkle import Leaf, Tree, facts_root, is_included

# The example that implementations of Certificate Transparency share: eight entries, and the root
# of the first 1, 2, … of them.
ENTRIES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def hashed(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def defined_root(entries):
    """MTH of section 2.1, word for word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = largest_power_below(len(entries))
    parts = defined_root(entries[:k]) + defined_root(entries[k:])
    return hashlib.sha256(b"\x01" + parts).digest()


def defined_path(m, entries):
    """PATH of section 2.1.1, word for word."""
    if len(entries) == 1:
        return []
    k = largest_power_below(len(entries))
    if m < k:
        return [*defined_path(m, entries[:k]), defined_root(entries[k:])]
    return [*defined_path(m - k, entries[k:]), defined_root(entries[:k])]


def largest_power_below(n):
    return max(2**power for power in range(n) if 2**power < n)


def tree_of(entries):
    return Tree(map(hashed, entries))


def path_of(tree, index):
    return [sibling for _, sibling in tree.steps(index)]


def test_the_shared_example_has_its_roots():
    entries = [bytes.fromhex(entry) for entry in ENTRIES]
    roots = [tree_of(entries[:size]).root().hex() for size in range(1, 9)]
    assert roots == ROOTS and tree_of([]).root() == hashlib.sha256(b"").digest()


entries_of = st.lists(st.binary(max_size=3), min_size=1, max_size=40)


@settings(max_examples=100)
@given(entries_of, st.data())
def test_root_and_path_are_those_of_the_definition(entries, data):
    index = data.draw(st.integers(0, len(entries) - 1))
    tree, path = tree_of(entries), defined_path(index, entries)
    assert tree.root() == merkle.root(map(hashed, entries)) == defined_root(entries)
    assert path_of(tree, index) == path
    assert is_included(hashed(entries[index]), index, len(entries), path, tree.root())


@settings(max_examples=100)
@given(entries_of, st.data())
def test_no_other_proof_holds(entries, data):
    index = data.draw(st.integers(0, len(entries) - 1))
    tree = tree_of(entries)
    path, root, size = path_of(tree, index), tree.root(), len(entries)
    leaf, wrong = hashed(entries[index]), hashed(b"another")
    others = [at for at in range(size) if entries[at] != entries[index]]
    proofs = [
        (wrong, index, size, path, root),
        (leaf, index, size, [*path, wrong], root),
        (leaf, index, size, path, wrong),
        (leaf, -1, size, path, root),
        (leaf, size, size, path, root),
        *((leaf, other, size, path, root) for other in others),
        *((leaf, index, size, path[:at], root) for at in range(len(path))),
        *(
            (leaf, index, size, [*path[:at], wrong, *path[at + 1 :]], root)
            for at in range(len(path))
        ),
    ]
    assert not any(is_included(*proof) for proof in proofs)


def leaf(number, source="relief"):
    return Leaf(source, number, f"id-{number}", f"{number:064x}")


def test_a_leaf_binds_source_number_id_and_digest():
    changed = ("clinics", 2, "other", "0" * 64)
    leaves = [leaf(1)] + [
        leaf(1)._replace(**{name: part}) for name, part in zip(Leaf._fields, changed, strict=True)
    ]
    assert len({facts_root([it]) for it in leaves}) == len(leaves)
    text = f'["relief",1,"id-1","{1:064x}"]'
    assert leaf(1).hash() == hashed(text.encode())


@pytest.mark.parametrize(
    "leaves", [[leaf(2), leaf(1)], [leaf(1)] * 2, [leaf(1), leaf(1, "clinics")]]
)
def test_facts_out_of_order_have_no_root(leaves):
    with pytest.raises(ValueError, match="stands after"):
        facts_root(leaves)


def test_a_path_beside_the_tree_is_refused():
    with pytest.raises(IndexError):
        tree_of([b""]).steps(1)


def test_memory_does_not_grow_with_the_facts():
    tracemalloc.start()
    facts_root(leaf(number) for number in range(1, 5001))
    assert tracemalloc.get_traced_memory()[1] < 20_000
    tracemalloc.stop()
