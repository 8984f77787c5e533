"""Projects, their visibility and their members."""

from pratique.core.artifacts import Digests, Origin
from pratique.core.clock import MINUTE, Instant
from pratique.core.names import EcosystemId, ProjectKey
from pratique.core.ports import StoredBlob
from pratique.store import accounts, files, projects
from tests.stores.implementations import NOW

LATER = Instant(NOW + MINUTE)


def test_a_project_comes_back_under_its_name(c, main, left, project):
    assert projects.find(c, main.id, left) == project
    assert (project.key, project.display, project.origin, project.visibility) == (left, "Left", Origin.OWN, "members")


def test_other_names_ecosystems_and_repositories_have_no_such_project(c, main, left, project):
    assert projects.find(c, main.id, ProjectKey(EcosystemId("npm"), "lef")) is None
    assert projects.find(c, main.id, ProjectKey(EcosystemId("pypi"), "left")) is None
    assert projects.find(c, main.id + 1, left) is None


def test_the_origin_sticks_when_somebody_creates_the_project_again(c, main, left, upstream, project):
    again = projects.create(c, main.id, left, "LEFT", Origin.UPSTREAM, upstream.id, "public", LATER, twin="left")

    assert again == project


def test_only_the_first_serving_counts(c, main, left, project):
    assert project.served is None
    projects.mark_served(c, project.id, NOW)
    projects.mark_served(c, project.id, LATER)

    assert projects.find(c, main.id, left).served == NOW


def test_visibility_can_be_set(c, main, left, project):
    projects.set_visibility(c, project.id, "public")

    assert projects.find(c, main.id, left).visibility == "public"


def test_roles_are_given_changed_and_taken(c, project):
    eve = accounts.create(c, "eve", None, False, NOW)
    bob = accounts.create(c, "bob", None, False, NOW)
    assert projects.role_of(c, project.id, eve.id) is None

    projects.set_role(c, project.id, eve.id, "reader")
    projects.set_role(c, project.id, eve.id, "owner")
    projects.set_role(c, project.id, bob.id, "maintainer")
    assert projects.role_of(c, project.id, eve.id) == "owner"
    assert [(member.name, member.role) for member in projects.members(c, project.id)] == [
        ("bob", "maintainer"),
        ("eve", "owner"),
    ]

    projects.set_role(c, project.id, eve.id, None)
    assert projects.role_of(c, project.id, eve.id) is None


def test_projects_are_listed_in_pages(c, main):
    for number in range(5):
        key = ProjectKey(EcosystemId("npm" if number % 2 else "pypi"), f"p{number}")
        origin = Origin.OWN if number < 3 else Origin.UPSTREAM
        projects.create(c, main.id, key, key.name, origin, None, "members", NOW, twin="left")

    first = projects.projects_of(c, main.id, limit=2)
    rest = projects.projects_of(c, main.id, limit=9, after=first[-1].id)
    assert [found.key.name for found in (*first, *rest)] == ["p0", "p1", "p2", "p3", "p4"]
    assert [found.key.name for found in projects.projects_of(c, main.id, Origin.UPSTREAM)] == ["p3", "p4"]
    assert [found.key.name for found in projects.projects_of(c, main.id, ecosystem="npm")] == ["p1", "p3"]


def test_a_name_taken_over_from_an_upstream_loses_the_upstreams_files(c, main, left, upstream):
    theirs = projects.create(c, main.id, left, "left", Origin.UPSTREAM, upstream.id, "public", NOW, twin="left")
    blob = StoredBlob("a" * 64, 1, Digests(sha256="a" * 64))
    files.record_stored(c, theirs.id, "1.0.0", "left-1.0.0.tgz", blob, NOW, NOW)

    projects.make_own(c, theirs.id, "left")

    own = projects.find(c, main.id, left)
    assert (own.id, own.origin, own.upstream_id, own.visibility) == (theirs.id, Origin.OWN, None, "members")
    assert files.of_project(c, own.id) == {}
