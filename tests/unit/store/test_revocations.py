"""Revocations are in force until they are lifted, and on record for ever."""

from pratique.core.artifacts import Digests
from pratique.core.clock import MINUTE, Instant
from pratique.core.decisions import Revocation
from pratique.core.names import EcosystemId, ProjectKey
from pratique.store import revocations
from tests.stores.implementations import NOW

LATER = Instant(NOW + MINUTE)


def test_projects_releases_and_files_can_be_revoked(c, main, left):
    project = revocations.add(c, main.id, left, None, None, "malware", "user:eve", NOW, twin="left")
    release = revocations.add(c, main.id, left, "1.0.0", None, "worse", "user:eve", NOW, twin="left")
    file = revocations.add(c, main.id, left, "1.0.0", "left-1.0.0.tgz", "bytes", "user:eve", LATER, twin="left")

    assert revocations.in_force(c, main.id, left, "left") == (
        Revocation(project, None, None, "malware", NOW),
        Revocation(release, "1.0.0", None, "worse", NOW),
        Revocation(file, "1.0.0", "left-1.0.0.tgz", "bytes", LATER),
    )
    assert revocations.in_force(c, main.id, ProjectKey(EcosystemId("npm"), "right"), "right") == ()
    assert revocations.in_force(c, main.id + 1, left, "left") == ()


def test_a_lifted_revocation_is_history(c, main, left):
    number = revocations.add(c, main.id, left, "1.0.0", None, "malware", "user:eve", NOW, twin="left")

    assert revocations.lift(c, number, "user:bob", LATER)
    assert not revocations.lift(c, number, "user:joe", LATER)
    assert not revocations.lift(c, number + 1, "user:joe", LATER)

    assert revocations.in_force(c, main.id, left, "left") == ()
    (old,) = revocations.history(c, main.id, left)
    assert (old.by, old.at, old.lifted, old.lifted_by) == ("user:eve", NOW, LATER, "user:bob")


def test_the_bytes_of_a_revoked_file_are_remembered_by_strong_digests_once_each(c, main, left):
    number = revocations.add(c, main.id, left, "1.0.0", "left-1.0.0.tgz", "bytes", "user:eve", NOW, twin="left")
    stored = Digests(sha256="aa" * 32, sha512="bb" * 64, sha1="cc" * 20)
    revocations.add_digests(c, number, (stored,))
    revocations.add_digests(c, number, (Digests(sha1="dd" * 20), Digests(), stored, Digests(sha512="ee" * 64)))

    (found,) = revocations.in_force(c, main.id, left, "left")

    assert found.digests == (Digests(sha256="aa" * 32, sha512="bb" * 64), Digests(sha512="ee" * 64))


def test_a_revocation_is_in_force_for_twins_and_says_of_which_name_it_is(c, main):
    here, twin, other = (ProjectKey(EcosystemId("cargo"), name) for name in ("a-b", "a_b", "ab"))
    number = revocations.add(c, main.id, twin, "1.0.0", "a_b-1.0.0.crate", "bytes", "user:eve", NOW, twin="a_b")

    assert revocations.in_force(c, main.id, twin, "a_b")[0].twin is None
    assert revocations.in_force(c, main.id, here, "a_b") == (
        Revocation(number, "1.0.0", "a_b-1.0.0.crate", "bytes", NOW, twin="a_b"),
    )
    assert revocations.in_force(c, main.id, other, "ab") == ()
    assert revocations.history(c, main.id, here) == ()
