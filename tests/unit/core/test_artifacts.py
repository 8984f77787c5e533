"""Digests: when two statements are of the same bytes."""

import pytest

from pratique.core.artifacts import Digests

A, B = "aa" * 32, "bb" * 32


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Digests(sha256=A), Digests(sha256=A)),
        (Digests(sha256=A), Digests(sha256=A.upper(), sha512=B * 2)),
        (Digests(sha512=A * 2, sha1="1"), Digests(sha512=A * 2)),
        (Digests(blake2b_256=A), Digests(blake2b_256=A, md5="1")),
        (Digests(md5="1"), Digests(md5="1")),
        (Digests(), Digests()),
    ],
    ids=["the same", "one algorithm more", "one weak less", "blake2b", "weak and the same", "nothing stated"],
)
def test_a_strong_digest_in_common_or_all_the_same_are_the_same_bytes(one, other):
    assert one.same_bytes(other)
    assert other.same_bytes(one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Digests(sha256=A), Digests(sha256=B)),
        (Digests(sha256=A), Digests(sha512=B * 2)),
        (Digests(sha256=A, sha512=A * 2), Digests(sha256=A, sha512=B * 2)),
        (Digests(sha256=A, md5="1"), Digests(sha256=A, md5="2")),
        (Digests(sha256=A, md5="1"), Digests(md5="1")),
        (Digests(md5="1"), Digests(md5="1", sha256=A)),
        (Digests(), Digests(sha256=A)),
    ],
    ids=["differ", "no algorithm in common", "one differs", "a weak one differs", "only weak left", "grew", "nothing"],
)
def test_anything_less_may_be_other_bytes(one, other):
    assert not one.same_bytes(other)
    assert not other.same_bytes(one)
