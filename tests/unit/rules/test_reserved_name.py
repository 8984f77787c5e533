import pytest

from pratique.core.artifacts import Origin
from pratique.core.decisions import Reservation
from pratique.core.facts import POPULARITY, RESERVATION, SERVED_BEFORE, Absent, Stage
from tests.unit.rules.cases import judged, said

HELD = {RESERVATION: Reservation(1, "npm", "left*", "ours since 2019")}


@pytest.mark.parametrize("origin", [Origin.UPSTREAM, Origin.UNKNOWN])
def test_nothing_public_is_served_under_a_reserved_name_and_nothing_is_asked(origin):
    decision = judged(HELD, origin=origin, stage=Stage.NAME)

    assert said(decision) == (
        "reserved_name",
        "deny",
        "is reserved for own projects (ours since 2019) and is not taken from a public registry",
    )


def test_a_reservation_without_a_reason_reads_well():
    decision = judged({RESERVATION: Reservation(1, "npm", "left")})

    assert said(decision)[2] == "is reserved for own projects and is not taken from a public registry"


def test_the_own_project_under_the_reservation_is_served():
    assert said(judged(HELD, origin=Origin.OWN)) is None


def test_neither_popularity_nor_earlier_downloads_break_a_reservation():
    assert said(judged({**HELD, POPULARITY: 1, SERVED_BEFORE: True}))[0] == "reserved_name"


def test_names_nobody_reserved_go_on():
    assert said(judged()) is None


def test_unreadable_reservations_deny():
    assert said(judged({RESERVATION: Absent("the store failed")}))[1] == "deny"
