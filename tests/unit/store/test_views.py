"""Rendered listings are kept for one revision of their project, and no more of them than are bounded."""

import hashlib

import msgspec
import pytest

from pratique.core.clock import DAY, MINUTE, Instant
from pratique.core.names import EcosystemId, ProjectKey
from pratique.store import revisions, views
from pratique.store.views import KEPT_CLASSES, StoredView
from tests.stores.implementations import NOW

LEFT = ProjectKey(EcosystemId("npm"), "left")


@pytest.fixture
def view(c, main):
    def make(address="a", content=b"packed", **other):
        values = {
            "address": address,
            "repository_id": main.id,
            "ecosystem": "npm",
            "name": "left",
            "policy_class": "everybody",
            "revision": revisions.project_revision(c, main.id, LEFT),
            "document": "d" * 64,
            "made": NOW,
            "valid_until": None,
            "written": NOW,
            "etag": '"1-g"',
            "content_type": "application/json",
            "headers": "{}",
            "plain_size": 10,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "content": content,
        }
        return StoredView(**{**values, **other})

    return make


def kept(c, main, *addresses, current=None):
    at = revisions.project_revision(c, main.id, LEFT) if current is None else current
    return [address for address in addresses if views.find(c, address, at) is not None]


def test_a_view_comes_back_as_it_was_stored(c, main, view):
    new = view(valid_until=Instant(NOW + MINUTE), headers='{"a":"b"}')

    assert views.store(c, new)

    assert views.find(c, "a", new.revision) == new


def test_a_newer_view_takes_the_place_of_the_older(c, main, view):
    views.store(c, view())
    newer = view(content=b"other", written=NOW + 1)
    views.store(c, newer)

    assert views.find(c, "a", newer.revision) == newer


def test_a_view_of_another_revision_is_not_found(c, main, view):
    old = view()
    views.store(c, old)
    revisions.bump(c, main.id, LEFT)

    assert kept(c, main, "a") == []


@pytest.mark.parametrize("whole_repository", [False, True])
def test_a_view_whose_project_has_changed_meanwhile_is_not_stored(c, main, view, whole_repository):
    old = view()
    revisions.bump(c, main.id, None if whole_repository else LEFT)

    assert not views.store(c, old)

    assert kept(c, main, "a", current=old.revision) == []


def test_of_too_many_classes_the_one_least_recently_written_goes(c, main, view):
    numbers = range(KEPT_CLASSES)
    for number in numbers:
        views.store(c, view(f"v{number}", policy_class=f"class{number}", written=NOW + number))
        views.store(c, view(f"w{number}", policy_class=f"class{number}", written=NOW + number))
    views.store(c, view("v0", policy_class="class0", written=NOW + 50))  # written again: the second is the oldest now

    views.store(c, view("new", policy_class="one more", written=NOW + 60))

    assert kept(c, main, "v0", "w0", "v1", "w1", "v2", "new") == ["v0", "w0", "v2", "new"]


def test_classes_of_another_project_count_for_themselves(c, main, view):
    views.store(c, view("other", name="right", policy_class="old", written=NOW - 1))
    for number in range(KEPT_CLASSES + 1):
        views.store(c, view(f"v{number}", policy_class=f"class{number}", written=NOW))

    assert kept(c, main, "other") == ["other"]


def test_what_answers_nobody_any_more_is_forgotten(c, main, view):
    views.store(c, view("outdated"))
    revisions.bump(c, main.id, LEFT)
    views.store(c, view("over", valid_until=NOW))
    views.store(c, view("old", written=Instant(NOW - 2 * DAY)))
    views.store(c, view("good", valid_until=Instant(NOW + 1)))

    assert views.forget_outdated(c, NOW, Instant(NOW - DAY)) == 3

    assert kept(c, main, "over", "old", "good") == ["good"]


def test_the_rest_is_kept_within_its_bound(c, main, view):
    for number in range(5):
        views.store(c, view(f"v{number}", content=bytes(100), written=NOW + number))

    assert views.shrink(c, 250) == 3

    assert kept(c, main, *(f"v{number}" for number in range(5))) == ["v3", "v4"]
    assert views.shrink(c, 250) == 0


def test_the_project_of_a_view_is_read_from_its_row(view):
    assert view().key == LEFT
    assert msgspec.structs.replace(view(), name="right").key.name == "right"
