from pratique.core.clock import HOUR, Instant
from pratique.core.decisions import Mode
from pratique.core.facts import RELEASE_HELD
from pratique.core.reviews import HeldForReview
from pratique.rules import under_review
from tests.unit.rules.cases import NOW, judged, said


def test_what_is_in_quarantine_is_held_until_a_person_decides():
    decision = judged({RELEASE_HELD: HeldForReview("is in quarantine: it runs curl")})

    assert said(decision) == ("under_review", "hold", "is in quarantine: it runs curl")
    assert decision.valid_until is None


def test_what_was_reported_is_held_until_its_time_is_over():
    until = Instant(NOW + HOUR)

    held = judged({RELEASE_HELD: HeldForReview("was reported", until)})
    over = judged({RELEASE_HELD: HeldForReview("was reported", Instant(NOW))})

    assert said(held) == ("under_review", "hold", "was reported")
    assert held.valid_until == until
    assert said(over) is None


def test_what_nobody_speaks_against_goes_on():
    assert said(judged({RELEASE_HELD: None})) is None


def test_it_is_on_trial_on_a_fresh_install_as_all_that_scans_say():
    assert under_review.STARTS is Mode.DRY_RUN
