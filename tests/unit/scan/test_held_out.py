"""Look-alikes that were written apart from the corpus are seen as well."""

from __future__ import annotations

import pytest

from pratique.scan.score import Verdict
from tests.lookalikes.examine import examine
from tests.lookalikes.held_out import HELD_OUT


@pytest.mark.parametrize("name", HELD_OUT)
def test_none_of_them_is_cleared(name):
    ecosystem, files = HELD_OUT[name]

    assert examine(ecosystem, files).scored.verdict is not Verdict.CLEAR
