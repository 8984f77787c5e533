"""Files: what was seen, what was first accepted, what is ours."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pratique.core.artifacts import Clearance, Digests, Finding, Manifest, Origin, Severity
from pratique.core.clock import MINUTE, Instant
from pratique.core.errors import Conflict
from pratique.core.ports import StoredBlob
from pratique.store import files, findings, projects, releases
from pratique.store.files import Sight
from tests.stores.implementations import NOW

LATER = Instant(NOW + MINUTE)
FILE = "left-1.0.0.tgz"
BYTES = StoredBlob("a" * 64, 3, Digests(sha256="a" * 64))
MANIFEST = Manifest("left", "1.0.0", {"license": "MIT", "deep": [{"ä": None}]}, b"Name: left\n", ("postinstall",))


@pytest.fixture
def theirs(c, main, left, upstream):
    return projects.create(c, main.id, left, "left", Origin.UPSTREAM, upstream.id, "public", NOW, twin="left")


def test_a_stored_file_that_was_never_listed_is_first_seen_now(c, theirs, blob):
    row = files.record_stored(c, theirs.id, "1.0.0", FILE, blob(), NOW, LATER)

    assert (row.sha256, row.size, row.published, row.first_seen, row.sight) == ("a" * 64, 3, NOW, LATER, Sight.FIRST)
    assert row == files.find(c, theirs.id, FILE)


def test_other_bytes_under_a_name_that_was_accepted_are_refused(c, theirs, blob):
    first = files.record_stored(c, theirs.id, "1.0.0", FILE, blob("a"), NOW, NOW)
    assert files.record_stored(c, theirs.id, "1.0.0", FILE, blob("a"), LATER, LATER) == first

    with pytest.raises(Conflict, match=f"first accepted with sha256 {'a' * 64}, the upstream now sends {'b' * 64}"):
        files.record_stored(c, theirs.id, "1.0.0", FILE, blob("b"), LATER, LATER)


def test_the_description_of_an_upstreams_file_is_kept_as_it_was_first(c, theirs, blob):
    row = files.record_stored(c, theirs.id, "1.0.0", FILE, blob(), NOW, NOW)
    assert files.manifest_of(c, row.id) is None

    files.describe(c, row.id, MANIFEST)
    files.describe(c, row.id, Manifest("left", "1.0.0", {}))

    assert files.manifest_of(c, row.id) == MANIFEST


def test_every_digest_of_a_blob_is_kept(c, theirs, blob):
    files.record_stored(c, theirs.id, "1.0.0", FILE, blob("a"), NOW, NOW)
    files.record_stored(c, theirs.id, "1.0.1", "b", blob("b"), NOW, NOW)

    found = files.blob_digests(c, ["a" * 64, "b" * 64, "c" * 64])

    assert found == {"a" * 64: blob("a").digests, "b" * 64: blob("b").digests}


def test_thousands_of_digests_can_be_asked_for(c):
    assert files.blob_digests(c, [f"{number:064x}" for number in range(3_000)]) == {}


def test_an_own_file_comes_back_with_all_that_an_index_needs(c, project, release, blob):
    row = files.create_own(c, release, FILE, blob(), MANIFEST, "d" * 64, NOW)

    (own,) = files.own_files(c, project.id)
    assert (own.filename, own.version, own.size, own.published) == (FILE, "1.0.0", 3, NOW)
    assert (own.digests, own.metadata) == (blob().digests, Digests(sha256="d" * 64))
    assert own.manifest == msgspec.structs.replace(MANIFEST, metadata=b"")
    assert own.yanked is None
    assert (row.sight, row.release_id) == (Sight.OWN, release.id)
    assert files.manifest_of(c, row.id) == MANIFEST


def test_what_decisions_look_at_comes_without_what_an_index_carries(c, project, release, blob):
    files.create_own(c, release, FILE, blob(), MANIFEST, "d" * 64, NOW)
    releases.set_yank(c, release.id, "broken")

    (own,), (outline,) = files.own_files(c, project.id), files.own_outlines(c, project.id, "left")
    bare = Manifest("left", "1.0.0", {}, b"", ("postinstall",))

    assert outline == msgspec.structs.replace(own, manifest=bare)


def test_what_the_index_of_a_project_carries_adds_up(c, project, release, blob):
    files.create_own(c, release, FILE, blob(), MANIFEST, None, NOW)
    files.create_own(c, release, "second", blob("b"), MANIFEST, None, NOW)

    assert files.entry_sizes(c, project.id) == 2 * files.entry_size(MANIFEST)
    assert files.entry_sizes(c, project.id + 1) == 0


def test_the_same_own_file_twice_changes_nothing(c, release, blob):
    row = files.create_own(c, release, FILE, blob(), MANIFEST, None, NOW)

    assert files.create_own(c, release, FILE, blob(), MANIFEST, None, LATER) == row


def test_an_own_file_never_changes(c, project, release, blob):
    files.create_own(c, release, FILE, blob("a"), MANIFEST, None, NOW)

    with pytest.raises(Conflict, match="a published file never changes, choose the next version"):
        files.create_own(c, release, FILE, blob("b"), MANIFEST, None, NOW)
    other = releases.create(c, project.id, "1.0.1", Clearance.LIVE, NOW)
    with pytest.raises(Conflict, match="a published file never changes"):
        files.create_own(c, other, FILE, blob("a"), MANIFEST, None, NOW)


@pytest.mark.parametrize("clearance", [Clearance.STAGED, Clearance.SCANNING])
def test_a_release_before_its_clearance_has_no_files_for_an_index(c, project, release, blob, clearance):
    files.create_own(c, release, FILE, blob(), MANIFEST, None, NOW)
    releases.set_clearance(c, release.id, clearance)

    assert files.own_files(c, project.id) == ()


def test_a_yanked_file_says_why(c, project, release, blob):
    files.create_own(c, release, FILE, blob(), MANIFEST, None, NOW)
    releases.set_yank(c, release.id, "broken")

    assert [own.yanked for own in files.own_files(c, project.id)] == ["broken"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        st.recursive(
            st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
            max_leaves=6,
        ),
        max_size=4,
    ),
    metadata=st.binary(max_size=50),
    points=st.lists(st.text(max_size=9), max_size=3),
)
def test_any_manifest_comes_back_whole(c, theirs, fields, metadata, points):
    with c.begin_nested() as attempt:
        row = files.record_stored(c, theirs.id, "1", "any", BYTES, None, NOW)
        written = Manifest("n", "v", fields, metadata, tuple(points))
        files.describe(c, row.id, written)
        read = files.manifest_of(c, row.id)
        attempt.rollback()

    assert read == written


def test_findings_come_back_by_project_and_by_file(c, project):
    lie = Finding("claim_differs", Severity.WARN, "The claim says 2.0.0.", {"claimed": "2.0.0"})
    hit = Finding("detector", Severity.CRITICAL, "It reads keys.")
    findings.add(c, project.id, "1.0.0", FILE, lie, NOW)
    findings.add(c, project.id, None, None, hit, LATER)

    assert [(found.finding, found.filename, found.at) for found in findings.of_project(c, project.id)] == [
        (lie, FILE, NOW),
        (hit, None, LATER),
    ]
    assert [found.finding for found in findings.of_project(c, project.id, FILE)] == [lie]
    assert msgspec.json.encode(lie)  # plain values all the way
