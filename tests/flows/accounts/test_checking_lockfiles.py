"""`pratique check`, typed on the data folder and from afar."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.flows.accounts.conftest import Operator
from tests.harness.site import Site

ELSEWHERE = '[[package]]\nname = "theirs"\nversion = "1.0.0"\nsource = "sparse+https://crates.example.test/index/"\n'


@pytest.mark.parametrize("here", [True, False], ids=["here", "afar"])
async def test_pins_of_other_registries_go_round_this_server(
    operator: Operator, site: Site, tmp_path: Path, here: bool
) -> None:
    lock = tmp_path / "Cargo.lock"
    lock.write_text("version = 4\n\n" + ELSEWHERE)

    told = await operator.types("check", str(lock), token=None if here else site.token, here=here)

    assert told.code == 1
    assert "0 of 0 pins of Cargo.lock install from here" in told.out
    assert "goes round this server: https://crates.example.test for 1 entry: theirs@1.0.0" in told.out
    assert "mend: " in told.out
    assert "1 more come from other registries; they were not looked at" in told.out


async def test_a_server_that_the_project_may_use_is_no_finding(operator: Operator, tmp_path: Path) -> None:
    lock = tmp_path / "Cargo.lock"
    lock.write_text("version = 4\n\n" + ELSEWHERE)

    told = await operator.types("check", str(lock), "--may-use", "https://crates.example.test/index")
    other = await operator.types("check", str(lock), "--may-use", "https://other.example.test", "--json")
    wrong = await operator.types("check", str(lock), "--may-use", "nonsense")

    assert (told.code, "goes round" in told.out) == (0, False)
    assert (other.code, [one["origin"] for one in json.loads(other.out)["goes_round"]]) == (
        1,
        ["https://crates.example.test"],
    )
    assert (wrong.code, "'nonsense' is no address" in wrong.err) == (1, True)


async def test_a_folder_is_checked_by_all_its_lockfiles(operator: Operator, tmp_path: Path) -> None:
    (tmp_path / "Cargo.lock").write_text("version = 4\n")
    (tmp_path / "bun.lockb").write_bytes(b"\0\xff")
    (tmp_path / "requirements\x1b[2J.txt").write_text("left>=1\n")
    (tmp_path / "requirements.txt").write_text("-i https://pypi.example.test/simple\nright==1.0\n-e ./\x1b[2Jsub\n")
    (tmp_path / "package.json").write_text("{}")

    told = await operator.types("check", str(tmp_path))
    as_json = await operator.types("check", str(tmp_path), "--json")

    assert (told.code, as_json.code) == (1, 1)
    assert told.out.splitlines() == [
        "0 of 0 pins of Cargo.lock install from here",
        (
            "bun.lockb was not checked: bun.lockb is binary; turn it into bun.lock, which can be read: "
            "`bun install --save-text-lockfile --frozen-lockfile --lockfile-only`"
        ),
        "0 of 0 pins of requirements?[2J.txt install from here",
        "  not from a registry: left (not pinned to one version)",
        "0 of 0 pins of requirements.txt install from here",
        "  goes round this server: https://pypi.example.test for 1 entry: right@1.0",
        (
            "  mend: point the client here (`pratique configure`), then: take the lines with other addresses out "
            "(--index-url, --extra-index-url, --find-links): pip's settings name one"
        ),
        "  1 more come from other registries; they were not looked at",
        "  not from a registry: ./?[2Jsub (editable)",
    ]
    assert [one["filename"] for one in json.loads(as_json.out)][:2] == ["Cargo.lock", "bun.lockb"]


async def test_a_folder_without_lockfiles_and_a_file_that_is_none_are_told(operator: Operator, tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{}")

    folder = await operator.types("check", str(tmp_path))
    file = await operator.types("check", str(tmp_path / "package.json"))
    missing = await operator.types("check", str(tmp_path / "Cargo.lock"))

    assert (folder.code, file.code, missing.code) == (1, 1, 1)
    assert "there is no lockfile in" in folder.err
    assert '"package.json" is no lockfile that can be read here; there are: Cargo.lock, Pipfile.lock' in file.err
    assert "cannot be read: No such file" in missing.err


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
