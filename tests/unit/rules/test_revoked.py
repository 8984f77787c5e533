import pytest

from pratique.core.artifacts import Digests, Origin
from pratique.core.clock import from_iso
from pratique.core.decisions import Revocation
from pratique.core.facts import DIGESTS, LISTED_DIGESTS, REVOCATIONS, DigestCheck, Stage
from pratique.rules.decide import decide
from tests.unit.rules.cases import GOOD, facts, judged, policy, said, without

AT = from_iso("2026-11-20T10:00:00Z")
BAD = Digests(sha256="ab" * 32, sha512="ba" * 64)


def revocation(version=None, filename=None, reason="stolen token", digests=(), twin=None):
    return Revocation(1, version, filename, reason, AT, digests=digests, twin=twin)


def bad_file(*digests, reason="stolen token"):
    """A revocation of another file than the one judged, known by its bytes."""
    return revocation("1.0.0", "left-1.0.0.tgz", reason, digests or (BAD,))


def test_a_revoked_project_is_denied_by_its_name_alone():
    decision = judged({REVOCATIONS: (revocation(),)}, stage=Stage.NAME)

    assert said(decision) == ("revoked", "deny", "was revoked on 2026-11-20: stolen token")
    assert decision.valid_until is None


@pytest.mark.parametrize("origin", list(Origin))
def test_a_revoked_release_is_denied_wherever_it_comes_from(origin):
    assert said(judged({REVOCATIONS: (revocation("1.0.1"),)}, origin=origin))[:2] == ("revoked", "deny")


def test_other_releases_and_files_go_on():
    others = (revocation("1.0.0"), revocation("1.0.1", "left-1.0.1-win.tgz"))

    assert said(judged({REVOCATIONS: others})) is None
    assert said(judged({REVOCATIONS: others}, stage=Stage.NAME)) is None


def test_one_revoked_file_is_denied():
    assert said(judged({REVOCATIONS: (revocation("1.0.1", "left-1.0.1.tgz"),)})) is not None


def test_what_cannot_stand_beside_a_revoked_version_is_denied_with_it():
    assert said(judged({REVOCATIONS: (revocation("1.0.1"),)}, version="1.0.1+x")) is not None
    assert said(judged({REVOCATIONS: (revocation("1.0.1+y"),)}, version="1.0.1+x")) is not None
    assert said(judged({REVOCATIONS: (revocation("1.0.2"),)}, version="1.0.1+x")) is None


def test_a_revocation_of_a_twin_says_which_name_was_revoked():
    assert said(judged({REVOCATIONS: (revocation("1.0.1", twin="LEFT"),)}))[2] == (
        "was revoked as LEFT on 2026-11-20: stolen token"
    )


def test_a_revoked_file_of_a_twin_means_its_whole_release_and_no_other():
    twins_file = revocation("1.0.1", "LEFT-1.0.1.tgz", twin="LEFT")

    assert said(judged({REVOCATIONS: (twins_file,)})) is not None
    assert said(judged({REVOCATIONS: (twins_file,)}, version="1.0.2")) is None
    assert said(judged({REVOCATIONS: (twins_file,)}, stage=Stage.NAME)) is None


def test_a_revocation_without_a_reason_says_only_when():
    assert said(judged({REVOCATIONS: (revocation(reason=""),)}))[2] == "was revoked on 2026-11-20"


RENAMED = ("revoked", "deny", "has bytes revoked on 2026-11-20 as left-1.0.0.tgz: stolen token")


@pytest.mark.parametrize("stage", [Stage.LISTING, Stage.FILE])
@pytest.mark.parametrize("listed", [Digests(sha256=BAD.sha256.upper()), Digests(sha512=BAD.sha512, md5="11" * 16)])
def test_the_bytes_of_a_revoked_file_are_denied_under_another_name_as_soon_as_the_index_states_them(listed, stage):
    assert said(judged({REVOCATIONS: (bad_file(),), LISTED_DIGESTS: listed}, stage=stage)) == RENAMED


@pytest.mark.parametrize("check", [DigestCheck(GOOD, recorded=BAD), DigestCheck(GOOD, observed=BAD)])
def test_the_bytes_of_a_revoked_file_are_denied_when_they_are_seen_whatever_the_index_states(check):
    votes = judged({REVOCATIONS: (bad_file(),), DIGESTS: check}).votes

    assert RENAMED in [(vote.rule, vote.action.word, vote.why) for vote in votes]


def test_whether_a_file_has_revoked_bytes_waits_for_them_where_only_they_can_tell():
    known = without(facts({REVOCATIONS: (bad_file(),)}, stage=Stage.FILE), DIGESTS)

    assert "revoked" in decide(policy(), known, Stage.LISTING).waiting
    assert "revoked" not in judged({REVOCATIONS: (revocation("1.0.0"),)}, stage=Stage.LISTING).waiting


def test_what_the_index_states_is_compared_with_every_revoked_file_before_anything_waits():
    both = (bad_file(Digests(sha256="99" * 32)), bad_file())

    assert said(judged({REVOCATIONS: both, LISTED_DIGESTS: BAD}, stage=Stage.LISTING)) == RENAMED


def test_other_bytes_and_digests_that_prove_nothing_go_on():
    weak = Digests(sha1="22" * 20, md5="11" * 16)

    assert said(judged({REVOCATIONS: (bad_file(), bad_file(weak))})) is None
    assert said(judged({REVOCATIONS: (bad_file(weak),), LISTED_DIGESTS: weak})) is None


def test_bytes_revoked_without_a_reason_say_only_when():
    decision = judged({REVOCATIONS: (bad_file(reason=""),), LISTED_DIGESTS: BAD})

    assert said(decision)[2] == "has bytes revoked on 2026-11-20 as left-1.0.0.tgz"
