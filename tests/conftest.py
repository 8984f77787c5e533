"""What holds for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def _logs_go_nowhere_of_another_test() -> Iterator[None]:
    """A command run in this process points the log at its terminal, which is closed when its test ends."""
    yield
    structlog.reset_defaults()
