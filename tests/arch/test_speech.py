"""An ecosystem that routes to a use case speaks of it."""

from __future__ import annotations

import pytest

from pratique.app import ECOSYSTEMS
from pratique.core.ecosystem import Ecosystem, UseCase
from pratique.core.ecosystem_verbs import REQUIRED
from pratique.web.dispatch import GUEST_HANDLERS, HANDLERS

ROUTED = [(one, use_case) for one in ECOSYSTEMS for use_case in sorted({route.use_case for route in one.routes})]


@pytest.mark.parametrize(("ecosystem", "use_case"), ROUTED, ids=lambda one: getattr(one, "id", one))
def test_what_an_ecosystem_routes_to_it_can_say(ecosystem: Ecosystem, use_case: UseCase) -> None:
    assert isinstance(ecosystem, REQUIRED.get(use_case, object))


def test_every_use_case_has_one_handler() -> None:
    assert sorted([*HANDLERS, *GUEST_HANDLERS]) == sorted(UseCase)


def test_guests_are_answered_where_a_guest_handler_answers_and_nowhere_else() -> None:
    routes = [route for one in ECOSYSTEMS for route in one.routes]

    assert {route.use_case for route in routes if route.for_guests} <= set(GUEST_HANDLERS)
    assert not {route.use_case for route in routes if not route.for_guests} & set(GUEST_HANDLERS)
