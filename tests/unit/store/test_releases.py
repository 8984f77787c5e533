"""Own releases and their tags."""

import pytest

from pratique.core.artifacts import Clearance
from pratique.core.errors import Conflict
from pratique.store import releases
from tests.stores.implementations import NOW


def test_a_release_comes_back_under_its_version(c, project, release):
    assert releases.find(c, project.id, "1.0.0") == release
    assert releases.find(c, project.id, "1.0") is None
    assert (release.clearance, release.yank_reason, release.created) == (Clearance.LIVE, None, NOW)


def test_releases_come_in_the_order_of_their_creation(c, project, release):
    second = releases.create(c, project.id, "0.9.0", Clearance.STAGED, NOW)

    assert releases.of_project(c, project.id) == (release, second)


def test_a_version_can_be_created_once(c, project, release):
    with pytest.raises(Conflict, match=r"version 1\.0\.0 exists already; .* choose the next one"):
        releases.create(c, project.id, "1.0.0", Clearance.STAGED, NOW)


@pytest.mark.parametrize("clearance", [one for one in Clearance if one is not Clearance.YANKED])
def test_every_clearance_can_be_set(c, project, release, clearance):
    releases.set_clearance(c, release.id, clearance)

    assert releases.find(c, project.id, "1.0.0").clearance is clearance


def test_a_yank_keeps_its_reason_until_it_is_taken_back(c, project, release):
    releases.set_yank(c, release.id, "broken")
    yanked = releases.find(c, project.id, "1.0.0")
    assert (yanked.clearance, yanked.yank_reason) == (Clearance.YANKED, "broken")
    assert releases.of_project(c, project.id) == (yanked,)

    releases.set_yank(c, release.id, None)
    assert releases.find(c, project.id, "1.0.0") == release


def test_a_yank_without_a_reason_is_a_yank(c, project, release):
    releases.set_yank(c, release.id, "")

    assert releases.find(c, project.id, "1.0.0").clearance is Clearance.YANKED


@pytest.mark.parametrize("stricter", [Clearance.REVOKED, Clearance.QUARANTINED])
def test_what_is_yanked_stands_as_what_is_stricter_and_is_yanked_again_afterwards(c, project, release, stricter):
    releases.set_yank(c, release.id, "broken")

    releases.set_clearance(c, release.id, stricter)
    under = releases.find(c, project.id, "1.0.0")
    releases.set_clearance(c, release.id, Clearance.LIVE)
    after = releases.find(c, project.id, "1.0.0")

    assert (under.clearance, under.yank_reason) == (stricter, "broken")
    assert (after.clearance, after.yank_reason) == (Clearance.YANKED, "broken")


def test_tags_are_set_and_moved(c, project):
    releases.set_tag(c, project.id, "latest", "1.0.0")
    releases.set_tag(c, project.id, "next", "2.0.0-rc.1")
    releases.set_tag(c, project.id, "latest", "1.0.1")
    assert releases.tags(c, project.id) == {"latest": "1.0.1", "next": "2.0.0-rc.1"}
