"""`tests/stock_clients.py`: installed once, and what cannot be is named."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import stock_clients

PYTHON = Path(sys.executable)


@pytest.fixture
def kit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> stock_clients.Kit:
    """One client, `left`, whose lock and folder are the test's own."""
    monkeypatch.setattr(stock_clients, "CLIENTS", tmp_path / ".clients")
    monkeypatch.setattr(stock_clients, "ON_THE_MACHINE", ())
    lock = tmp_path / "clients-left.txt"
    lock.write_text("left==1.0")
    only = stock_clients.Kit("left", "PyPI", (lock,), {"left": "bin/left"})
    monkeypatch.setattr(stock_clients, "KITS", (only,))
    return only


def put(python: Path, lock: Path) -> None:
    (python.parent / "left").write_text(lock.read_text())


def refuse(python: Path, lock: Path) -> None:
    raise subprocess.CalledProcessError(1, "install", stderr="no route to the index")


def test_a_client_is_installed_once_and_again_when_its_lock_changes(kit: stock_clients.Kit) -> None:
    assert list(stock_clients.prepare(PYTHON, put)) == [("left", True)]
    assert list(stock_clients.prepare(PYTHON, refuse)) == [("left", True)]

    kit.lock[0].write_text("left==2.0")
    assert list(stock_clients.prepare(PYTHON, put)) == [("left", True)]
    program = stock_clients.place("left")
    assert program is not None
    assert program.read_text() == "left==2.0"


def test_a_client_that_cannot_be_installed_is_named_with_its_registry(
    kit: stock_clients.Kit, capsys: pytest.CaptureFixture[str]
) -> None:
    assert list(stock_clients.prepare(PYTHON, refuse)) == [("left", False)]

    assert "could not install left from PyPI:\nno route to the index" in capsys.readouterr().out
    assert stock_clients.place("left") is None


def test_a_client_that_the_machine_lacks_is_named(
    kit: stock_clients.Kit, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stock_clients, "ON_THE_MACHINE", ("no-such-client",))

    assert ("no-such-client", False) in list(stock_clients.prepare(PYTHON, put))
    assert "the stock client no-such-client is not on this machine" in capsys.readouterr().out


def test_every_client_of_the_locks_has_a_place_in_one_folder_only() -> None:
    names = [name for kit in stock_clients.KITS for name in kit.programs]

    assert len(names) == len(set(names))
    assert stock_clients.place("no-such-client") is None
