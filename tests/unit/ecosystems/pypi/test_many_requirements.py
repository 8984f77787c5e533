"""A pyproject.toml with very many requirements that name nothing."""

from __future__ import annotations

import pytest

from pratique.core.errors import TooLarge
from pratique.core.mentions import MAX_MENTIONS
from pratique.ecosystems.pypi.manifest_names import read_manifest_names


def test_requirements_that_name_nothing_count_too() -> None:
    listed = ",".join(['"!"'] * (MAX_MENTIONS + 1))

    with pytest.raises(TooLarge, match=f"more than {MAX_MENTIONS} requirements"):
        read_manifest_names("pyproject.toml", f"[project]\ndependencies = [{listed}]\n".encode())
