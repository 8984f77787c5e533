import pytest

from pratique.core.artifacts import Origin
from pratique.core.clock import from_iso
from pratique.core.decisions import Revocation
from pratique.core.facts import REVOCATIONS, Stage
from tests.unit.rules.cases import judged, said

AT = from_iso("2026-11-20T10:00:00Z")


def revocation(version=None, filename=None, reason="stolen token"):
    return Revocation(1, version, filename, reason, AT)


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


def test_a_revocation_without_a_reason_says_only_when():
    assert said(judged({REVOCATIONS: (revocation(reason=""),)}))[2] == "was revoked on 2026-11-20"
