"""The incremental root is the RFC's: its known values, and its recursive definition for every size."""

import hashlib

import pytest

from hub.ledger.tree import Tree, leaf, node

# The leaves and roots of the certificate-transparency reference tests (RFC 6962 test data).
LEAVES = [bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
LEAVES.append(bytes.fromhex("606162636465666768696a6b6c6d6e6f"))
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def defined(hashes: list[bytes]) -> bytes:
    """MTH as RFC 6962 §2.1 writes it."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return node(defined(hashes[:k]), defined(hashes[k:]))


def test_known_roots() -> None:
    tree = Tree()
    assert tree.root().hex() == ROOTS[0]
    for stored, root in zip(LEAVES, ROOTS[1:], strict=True):
        tree.add(stored)
        assert tree.root().hex() == root


def test_every_size_equals_the_definition() -> None:
    tree = Tree()
    hashes: list[bytes] = []
    for n in range(130):
        assert tree.root() == defined(hashes), n
        hashes.append(leaf(str(n).encode()))
        tree.add_hash(hashes[-1])


def test_a_tree_goes_on_where_another_left_off() -> None:
    whole, first = Tree(), Tree()
    for n in range(23):
        whole.add(bytes([n]))
        if n < 13:
            first.add(bytes([n]))
    second = Tree(first.size, first.peaks)
    for n in range(13, 23):
        second.add(bytes([n]))
    assert second.root() == whole.root()


def test_peaks_that_do_not_fit_the_size_are_refused() -> None:
    with pytest.raises(ValueError, match="3 leaves have 2 peaks"):
        Tree(3, [bytes(32)])
