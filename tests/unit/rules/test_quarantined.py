import msgspec
import pytest

from pratique.core.artifacts import Origin, ProjectStatus
from pratique.core.facts import PROJECT_STATUS
from pratique.core.names import Subject
from pratique.rules.contract import NoOptions
from pratique.rules.quarantined import vote
from tests.unit.rules.cases import LEFT, facts, judged, said


@pytest.mark.parametrize("origin", [Origin.OWN, Origin.UPSTREAM])
def test_everything_of_a_quarantined_project_is_denied_with_the_reason(origin):
    decision = judged({PROJECT_STATUS: ProjectStatus("quarantined", "steals tokens")}, origin=origin)

    assert said(decision) == ("quarantined", "deny", "is of a quarantined project: steals tokens")
    assert decision.vote.until is None


def test_a_project_that_lists_nothing_any_more_is_denied_as_a_whole():
    known = facts({PROJECT_STATUS: ProjectStatus("quarantined", "steals tokens")})
    whole = msgspec.structs.replace(known, subject=Subject(LEFT))

    assert vote(whole, NoOptions()).why == "is quarantined: steals tokens"


def test_a_quarantine_without_a_reason_is_one():
    assert said(judged({PROJECT_STATUS: ProjectStatus("quarantined")})) == (
        "quarantined",
        "deny",
        "is of a quarantined project",
    )


@pytest.mark.parametrize("marker", ["active", "archived", "deprecated", "haunted"])
def test_any_other_status_refuses_nothing(marker):
    assert said(judged({PROJECT_STATUS: ProjectStatus(marker, "reason")})) is None
