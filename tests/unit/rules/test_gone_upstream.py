from pratique.core.artifacts import Origin
from pratique.core.facts import GONE_UPSTREAM
from tests.unit.rules.cases import judged, said


def test_what_the_upstream_took_back_is_hidden_and_still_served_to_whoever_pinned_it():
    decision = judged({GONE_UPSTREAM: True})

    assert said(decision) == (
        "gone_upstream",
        "hide",
        "was removed upstream; only pinned downloads get the copy kept here",
    )
    assert decision.action.leaves_listing
    assert not decision.action.refuses_download


def test_what_is_still_listed_goes_on():
    assert said(judged({GONE_UPSTREAM: False})) is None


def test_own_files_have_no_upstream_to_vanish_from():
    assert said(judged({GONE_UPSTREAM: True}, origin=Origin.OWN)) is None
