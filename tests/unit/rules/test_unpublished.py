from pratique.core.artifacts import Origin
from pratique.core.clock import Instant
from pratique.core.facts import UNPUBLISHED
from tests.unit.rules.cases import judged, said

WHEN = Instant(1_799_000_000_000)


def test_what_its_publishers_took_away_is_denied_for_ever_with_the_date():
    decision = judged({UNPUBLISHED: WHEN}, origin=Origin.OWN)

    assert said(decision) == ("unpublished", "deny", "was unpublished by its publishers on 2027-01-03")
    assert decision.valid_until is None


def test_what_is_still_published_goes_on():
    assert said(judged({UNPUBLISHED: None}, origin=Origin.OWN)) is None


def test_an_upstreams_release_is_not_ours_to_take_away():
    assert said(judged({UNPUBLISHED: WHEN}, origin=Origin.UPSTREAM)) is None
