"""`pratique check`, typed on the data folder and from afar."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.accounts.conftest import Operator
from tests.harness.site import Site

ELSEWHERE = '[[package]]\nname = "theirs"\nversion = "1.0.0"\nsource = "sparse+https://crates.example.test/index/"\n'


@pytest.mark.parametrize("here", [True, False], ids=["here", "afar"])
async def test_pins_of_other_registries_are_told_apart(
    operator: Operator, site: Site, tmp_path: Path, here: bool
) -> None:
    lock = tmp_path / "Cargo.lock"
    lock.write_text("version = 4\n\n" + ELSEWHERE)

    told = await operator.types("check", str(lock), token=None if here else site.token, here=here)

    assert told.code == 0, told.err
    assert "0 of 0 pins of Cargo.lock install from here" in told.out
    assert "1 more come from other registries; they were not looked at" in told.out


@pytest.mark.parametrize("here", [True, False], ids=["here", "afar"])
async def test_a_lockfile_that_is_too_long_is_refused_in_the_same_words(
    operator: Operator, site: Site, tmp_path: Path, here: bool
) -> None:
    lock = tmp_path / "Cargo.lock"
    lock.write_bytes(b"#" * (10 << 20))

    told = await operator.types("check", str(lock), token=None if here else site.token, here=here)

    assert told.code != 0
    assert "Cargo.lock has 10485760 bytes; at most 1048576 are read" in told.err


async def test_from_afar_a_check_needs_a_credential(operator: Operator, tmp_path: Path) -> None:
    lock = tmp_path / "Cargo.lock"
    lock.write_text("version = 4\n")

    told = await operator.types("check", str(lock), here=False)

    assert told.code != 0
    assert "this needs a credential" in told.err
