"""Projects, their visibility and their members."""

import pytest
import sqlalchemy as sa

from pratique.core.artifacts import Digests, Origin
from pratique.core.clock import MINUTE, Instant
from pratique.core.globs import glob_matches
from pratique.core.names import EcosystemId, ProjectKey
from pratique.core.ports import StoredBlob
from pratique.store import accounts, files, projects
from pratique.store.dialects import matches_glob
from pratique.store.projects import Standing
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


def test_own_ones_among_many_names_come_with_what_the_account_is_to_them(c, main, upstream, project):
    eve = accounts.create(c, "eve", None, False, NOW)
    bob = accounts.create(c, "bob", None, False, NOW)
    projects.set_role(c, project.id, eve.id, "reader")
    theirs = ProjectKey(EcosystemId("npm"), "right")
    projects.create(c, main.id, theirs, "right", Origin.UPSTREAM, upstream.id, "public", NOW, twin="right")
    names = [*(f"p{number}" for number in range(600)), "left", "right"]

    found = [projects.own_among(c, main.id, "npm", names, account) for account in (eve.id, bob.id, None)]

    assert found == [{"left": Standing("members", role)} for role in ("reader", None, None)]
    assert projects.own_among(c, main.id, "pypi", names, eve.id) == {}
    assert projects.own_among(c, main.id + 1, "npm", names, eve.id) == {}


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


PUBLIC = projects.Reader(None, sees_all=False, names=("*",), anonymous_read=True)


def crate(c, main, name, origin=Origin.OWN, visibility="members", *, served=False):
    made = projects.create(
        c, main.id, ProjectKey(EcosystemId("cargo"), name), name, origin, None, visibility, NOW, name
    )
    if served:
        projects.mark_served(c, made.id, NOW)
    return made


def found(c, main, text, reader=PUBLIC, limit=10):
    named, total = projects.named_like(c, main.id, "cargo", text, reader, limit)
    return [one.key.name for one in named], total


def test_a_search_by_nobody_reads_and_counts_only_what_is_public(c, main):
    crate(c, main, "x-private")
    crate(c, main, "x-public", visibility="public")
    crate(c, main, "x-served", Origin.UPSTREAM, "public", served=True)
    crate(c, main, "x-only-asked-for", Origin.UPSTREAM, "public")

    assert found(c, main, "x") == (["x-public", "x-served"], 2)


def test_a_search_by_an_account_reads_what_it_has_a_role_in_and_an_administrators_all(c, main):
    eve = accounts.create(c, "eve", None, False, NOW)
    crate(c, main, "x-foreign")
    projects.set_role(c, crate(c, main, "x-mine").id, eve.id, "reader")

    assert found(c, main, "x", projects.Reader(eve.id, False, ("*",), True)) == (["x-mine"], 1)
    assert found(c, main, "x", projects.Reader(eve.id, True, ("*",), True)) == (["x-mine", "x-foreign"], 2)


def test_a_search_reads_no_private_name_that_the_credential_does_not_reach(c, main):
    for name in ("ab-x", "a_b-x", "a%b-x", "a/b-x", "azb-x"):
        crate(c, main, name)
    crate(c, main, "pub-x", visibility="public")

    for names, seen in (
        ((), []),
        (("azb*",), ["azb-x"]),
        (("a_b-x",), ["a_b-x"]),
        (("a%*", "a/*"), ["a%b-x", "a/b-x"]),
    ):
        assert found(c, main, "-x", projects.Reader(None, True, names, True))[0] == [*seen, "pub-x"]
        assert found(c, main, "-x", projects.Reader(None, True, names, False)) == (seen, len(seen))


def test_the_name_itself_is_found_first_then_own_ones_then_the_shortest_before_any_is_left_out(c, main):
    for name in ("left", "left-a", "all-left", "left-b", "a-left"):
        crate(c, main, name, Origin.UPSTREAM, "public", served=True)
    crate(c, main, "left-that-is-ours", visibility="public")

    assert found(c, main, "left", limit=5) == (["left", "left-that-is-ours", "a-left", "left-a", "left-b"], 6)


def test_a_name_taken_over_from_an_upstream_loses_the_upstreams_files(c, main, left, upstream):
    theirs = projects.create(c, main.id, left, "left", Origin.UPSTREAM, upstream.id, "public", NOW, twin="left")
    blob = StoredBlob("a" * 64, 1, Digests(sha256="a" * 64))
    files.record_stored(c, theirs.id, "1.0.0", "left-1.0.0.tgz", blob, NOW, NOW)

    projects.make_own(c, theirs.id, "left")

    own = projects.find(c, main.id, left)
    assert (own.id, own.origin, own.upstream_id, own.visibility) == (theirs.id, Origin.OWN, None, "members")
    assert files.of_project(c, own.id) == {}


ODD = ("left", "Left", "LEFT-pad", "a?b", "a[b]", "a]b", "a%b", "a_b", "a/b", "@acme/x", "axb", "l[ef]t", "é", "")


@pytest.mark.parametrize(
    "glob", ["*", "left", "LEFT*", "left*", "*-pad", "a?b", "a[b]", "a%*", "a_b", "a/*", "@*/x", "l[ef]t", "*e*t*", "É"]
)
def test_the_database_takes_a_glob_as_the_rights_do(c, glob):
    for name in ODD:
        matches = sa.select(matches_glob(c, sa.literal(name), glob))
        assert bool(c.execute(matches).scalar_one()) is glob_matches(glob, name), name


def test_a_search_finds_names_in_whatever_case_they_are_typed(c, main):
    crate(c, main, "Left_Pad", visibility="public")

    for text in ("left", "LEFT pad", "t_P"):
        assert found(c, main, text, PUBLIC)[1] == 1, text
    assert found(c, main, "t%p", PUBLIC)[1] == 0
