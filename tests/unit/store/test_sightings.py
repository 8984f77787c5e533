"""Sightings: what documents told of files, beside what is stored of them."""

import pytest

from pratique.core.artifacts import Digests, Origin
from pratique.core.clock import MINUTE, Instant
from pratique.store import files, projects
from pratique.store.files import Sight
from pratique.store.sightings import Sighting, record_sightings, sightings_of
from tests.stores.implementations import NOW

LATER = Instant(NOW + MINUTE)
SEEN = Sighting("1.0.0", "left-1.0.0.tgz", NOW, LATER, Sight.LATE, Digests(sha512="b" * 128, sha1="c" * 40))
UNDATED = Sighting("1.0.1", "b", None, NOW, Sight.FIRST, None)


@pytest.fixture
def theirs(c, main, left, upstream):
    return projects.create(c, main.id, left, "left", Origin.UPSTREAM, upstream.id, "public", NOW, twin="left")


def test_a_sighting_comes_back_as_it_was_noted(c, theirs):
    record_sightings(c, theirs.id, [SEEN, UNDATED])
    record_sightings(c, theirs.id, [])

    assert sightings_of(c, theirs.id) == {SEEN.filename: SEEN, "b": UNDATED}
    assert sightings_of(c, theirs.id + 1) == {}


def test_a_file_that_was_only_seen_has_no_bytes_yet(c, theirs):
    record_sightings(c, theirs.id, [SEEN])

    row = files.find(c, theirs.id, SEEN.filename)
    assert files.of_project(c, theirs.id) == {SEEN.filename: row}
    assert (row.sha256, row.published, row.first_seen, row.sight) == (None, NOW, LATER, Sight.LATE)


def test_a_later_sighting_takes_the_place_of_an_earlier_one(c, theirs):
    swapped = Sighting("1.0.0", SEEN.filename, None, NOW, Sight.SWAPPED, Digests(md5="d" * 32))
    record_sightings(c, theirs.id, [SEEN, UNDATED])

    record_sightings(c, theirs.id, [swapped])

    assert sightings_of(c, theirs.id) == {SEEN.filename: swapped, "b": UNDATED}


def test_storing_a_file_keeps_its_sight_and_a_sighting_keeps_what_is_stored(c, theirs, blob):
    record_sightings(c, theirs.id, [SEEN])

    stored = files.record_stored(c, theirs.id, SEEN.version, SEEN.filename, blob(), LATER, LATER)
    record_sightings(c, theirs.id, [SEEN])

    assert (stored.sha256, stored.size, stored.published, stored.sight) == ("a" * 64, 3, NOW, Sight.LATE)
    assert files.find(c, theirs.id, SEEN.filename) == stored
    assert sightings_of(c, theirs.id)[SEEN.filename].stored
