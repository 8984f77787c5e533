"""What may stand in the repository: no forbidden address, no address in a lock, no unfinished work."""

from __future__ import annotations

import gzip
import json
import re
import zipfile
from pathlib import Path

import pytest

from tests.arch.house import ROOT, modules, place, repository_files

# Put together from pieces, so that this file does not hold what it looks for.
FORBIDDEN_HOSTS = re.compile(
    "|".join(
        ("pypi" + r"\." + "org", "python" + "hosted" + r"\.", "npm" + r"js\." + "(?:com|org)", r"\.debian\." + "org")
    ),
    re.IGNORECASE,
)
UNFINISHED = re.compile(
    r"\b(?:"
    + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X"))
    + r")\b|raise NotImplemented"
    + r"Error\s*(?:\(['\"]|$)",
    re.MULTILINE,
)
SUITES = ("arch", "unit", "protocol", "stores", "flows", "clients")


def test_no_file_names_the_hosts_of_the_public_registries_that_we_do_not_name() -> None:
    found = [place(path) for path in repository_files() if FORBIDDEN_HOSTS.search(_text(path))]

    assert not found, "\n".join(found)


def test_no_file_name_or_packed_file_names_them_either() -> None:
    found = []
    for path in repository_files():
        if path.suffix == ".gz":
            text = gzip.decompress(path.read_bytes()).decode("latin-1")
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                text = "".join(archive.read(name).decode("latin-1") for name in archive.namelist())
        else:
            text = ""
        if FORBIDDEN_HOSTS.search(f"{path.relative_to(ROOT)}\n{text}"):
            found.append(place(path))

    assert not found, "\n".join(found)


def test_locks_hold_hashes_and_no_address() -> None:
    for lock in sorted((ROOT / "locks").glob("*.txt")):
        text = lock.read_text(encoding="utf-8")

        assert "://" not in text, f"{lock.name} holds an address"
        pinned = re.findall(r"^\S+==\S+", text, re.MULTILINE)
        hashed = re.findall(r"^\S+==[^\n]*\\\n    --hash=sha256:", text, re.MULTILINE)
        assert len(pinned) == len(hashed) > 0, f"{lock.name} holds a requirement without a hash"


@pytest.mark.parametrize("folder", ["clients-npm", "peers-npm"])
def test_a_lock_for_npm_holds_integrity_and_no_address(folder: str) -> None:
    text = (ROOT / "locks" / folder / "package-lock.json").read_text(encoding="utf-8")
    packages = {name: said for name, said in json.loads(text)["packages"].items() if name}

    assert "://" not in text
    assert packages
    assert [name for name, said in packages.items() if not said.get("integrity", "").startswith("sha512-")] == []


def test_what_runs_is_what_is_tested() -> None:
    run, test = (_pins(name) for name in ("run", "test"))

    assert run.items() <= test.items()


def test_nothing_is_left_unfinished() -> None:
    found = [place(path) for path in modules() if UNFINISHED.search(path.read_text(encoding="utf-8"))]

    assert not found, "\n".join(found)


def test_every_suite_is_there() -> None:
    missing = [suite for suite in SUITES if not list((ROOT / "tests" / suite).rglob("test_*.py"))]

    assert not missing, f"tests/ lacks {missing}"


def _pins(name: str) -> dict[str, str]:
    text = (ROOT / "locks" / f"{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([^\s=]+)==([^\s;\\]+)", text, re.MULTILINE))


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")
