"""What upstreams' files take, which of them were used last, and what was removed to make room."""

from __future__ import annotations

import pytest

from pratique.core.artifacts import Manifest, Origin
from pratique.core.clock import HOUR, Instant
from pratique.core.names import EcosystemId, ProjectKey
from pratique.store import blob_use, files, projects
from pratique.store.blob_use import CachedBlob, Place, Sizes
from tests.stores.implementations import NOW

A, B, C, D = ("abcd"[number] * 64 for number in range(4))
LATER = Instant(NOW + HOUR)


@pytest.fixture
def theirs(c, main, upstream):
    key = ProjectKey(EcosystemId("npm"), "right")
    return projects.create(c, main.id, key, "right", Origin.UPSTREAM, upstream.id, "public", NOW, twin="right")


@pytest.fixture
def stored(c, theirs, release, blob):
    """Three files of an upstream, `c` of which is ours as well, and `d` of ours alone."""
    for number, letter in enumerate("abc"):
        files.record_stored(c, theirs.id, "1", f"{letter}.tgz", blob(letter, 10), NOW, Instant(NOW + number))
    for letter in "cd":
        content = Manifest("left", "1.0.0", {})
        files.create_own(c, release, f"{letter}.tgz", blob(letter, 100), content, None, NOW)


def used(c, before=LATER, portion=10, after=None):
    return [one.sha256 for one in blob_use.least_used(c, before, portion, after)]


def test_own_bytes_and_upstreams_are_told_apart_and_what_is_both_is_own(c, stored):
    assert blob_use.sizes(c) == Sizes(own=110, cached=20)
    assert used(c) == [A, B]


def test_the_longest_unused_come_first_in_portions_and_those_used_lately_not_at_all(c, stored):
    blob_use.note(c, {A: Instant(NOW + 5)})
    (first,) = blob_use.least_used(c, LATER, 1)

    assert first == CachedBlob(B, 10, Instant(NOW + 1))
    assert used(c, after=first) == [A]
    assert used(c, before=Instant(NOW + 5)) == [B]


def test_an_earlier_use_than_the_noted_one_and_one_of_unknown_bytes_change_nothing(c, stored):
    blob_use.note(c, {A: LATER})
    blob_use.note(c, {A: NOW, D[::-1]: NOW, "e" * 64: LATER})

    assert used(c) == [B]


def test_what_was_used_since_or_became_ours_is_not_marked(c, stored, release, blob):
    chosen = blob_use.least_used(c, LATER, 10)
    blob_use.note(c, {A: LATER})
    files.create_own(c, release, "b.tgz", blob("b", 10), Manifest("left", "1.0.0", {}), None, NOW)

    assert blob_use.mark_leaving(c, chosen) == ()


def test_what_is_marked_is_gone_or_here_again_when_it_is_settled(c, stored, theirs, blob):
    chosen = blob_use.least_used(c, LATER, 10)
    assert blob_use.mark_leaving(c, chosen) == chosen
    assert blob_use.leaving(c) == (A, B)
    assert blob_use.sizes(c).cached == 0

    blob_use.settle(c, {A: True, B: False})

    assert (blob_use.place_of(c, A), blob_use.place_of(c, B)) == (Place.GONE, None)
    assert [sha256 for sha256, _ in files.blobs_of_share(c, 0, 1)] == [B, C, D]
    assert blob_use.gone_of(c, (A, B, C)) == (A,)


@pytest.mark.parametrize("settled", [True, False])
def test_what_is_stored_again_is_here_whatever_is_settled_afterwards(c, stored, theirs, blob, settled):
    blob_use.mark_leaving(c, blob_use.least_used(c, LATER, 1))
    files.record_stored(c, theirs.id, "1", "a.tgz", blob("a", 10), NOW, LATER)

    blob_use.settle(c, {A: settled})

    assert blob_use.place_of(c, A) is None
    assert used(c) == [B]


def test_bytes_that_were_passed_on_are_recorded_as_not_here_unless_they_are(c, stored, theirs, blob):
    for letter, filename in (("e", "e.tgz"), ("a", "same-as-a.tgz")):
        blob_use.record_absent(c, blob(letter, 10), NOW)
        row = files.record_stored(c, theirs.id, "1", filename, blob(letter, 10), NOW, NOW, kept=False)
        assert row.sha256 == letter * 64

    assert blob_use.place_of(c, "e" * 64) is Place.GONE
    assert blob_use.place_of(c, A) is None
    blob_use.take_back(c, ("e" * 64,))
    assert blob_use.place_of(c, "e" * 64) is None
