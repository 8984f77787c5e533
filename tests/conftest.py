"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings

from tests.harness import leftovers

# A busy machine is no failure: nothing here is measured.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """After the last fixture."""
    leftovers.end_all()


@pytest.fixture(autouse=True)
def _logs_go_nowhere_of_another_test() -> Iterator[None]:
    """A command run in this process points the log at its terminal, which is closed when its test ends."""
    yield
    structlog.reset_defaults()
