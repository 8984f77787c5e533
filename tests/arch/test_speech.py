"""An ecosystem that routes to a use case speaks of it."""

from __future__ import annotations

import pytest

from pratique.app import ECOSYSTEMS
from pratique.core.ecosystem import Ecosystem, UseCase
from pratique.core.ecosystem_verbs import REQUIRED
from pratique.web.dispatch import HANDLERS

ROUTED = [(one, use_case) for one in ECOSYSTEMS for use_case in sorted({route.use_case for route in one.routes})]


@pytest.mark.parametrize(("ecosystem", "use_case"), ROUTED, ids=lambda one: getattr(one, "id", one))
def test_what_an_ecosystem_routes_to_it_can_say(ecosystem: Ecosystem, use_case: UseCase) -> None:
    assert isinstance(ecosystem, REQUIRED.get(use_case, object))


def test_every_use_case_has_a_handler() -> None:
    assert set(HANDLERS) == set(UseCase)
