"""The command line itself: exit codes, help, and no verb without its command."""

from __future__ import annotations

import errno
import importlib
import os
from pathlib import Path

import pytest
from cyclopts import App

from pratique.cli.forks import start_anew
from pratique.cli.main import COMMANDS, main
from pratique.services.verbs.table import VERBS
from tests.harness.server import free_port

BY_ANOTHER_NAME = {
    "names check-many": {"names check"},
    "list add": {"deny", "allow", "grant"},
    "list remove": {"undeny", "unallow", "ungrant"},
    "list show": {"lists"},
    "decision": {"explain"},
    "own-names": {"configure"},
    "names known": {"names audit"},
    "reports": {"report"},
}


def typed() -> set[str]:
    """Every command as it is typed."""
    found = set()
    for name, path, _ in COMMANDS:
        module, _, attribute = path.partition(":")
        target = getattr(importlib.import_module(module), attribute)
        found |= {name, *of_group(name, target)} if isinstance(target, App) else {name}
    return found


def of_group(name: str, group: App) -> set[str]:
    """The commands of a group, and of groups in it."""
    inner = {f"{name} {one}": group[one] for one in group if not one.startswith("-")}
    return set(inner).union(*(of_group(words, one) for words, one in inner.items()))


def test_every_verb_can_be_typed() -> None:
    commands = typed()
    for verb in VERBS:
        assert BY_ANOTHER_NAME.get(verb.name, {verb.name}) <= commands, verb.name


def test_every_command_has_a_line_of_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    for name, _, line in COMMANDS:
        assert name in shown
        assert line.endswith(".")
        assert len(line) <= 62, line


@pytest.mark.parametrize("name", [name for name, _, _ in COMMANDS])
def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert main([name, "--help"]) == 0
    assert f"pratique {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [["nope"], ["deny"], ["deny", "pkg:npm/x"], ["user", "add"], ["token", "revoke", "one"], ["lists", "--what"]],
)
def test_wrong_use_is_told_apart_from_failure(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err


def test_an_empty_data_folder_says_how_to_begin(tmp_path: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["user", "list", "--data", str(tmp_path)]) == 1
    assert "start one with `pratique up`" in capsys.readouterr().err


def test_a_full_disk_is_a_sentence_and_another_error_is_not_taken_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def write(_descriptor: int, _content: bytes) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("os.write", write)
    monkeypatch.setattr("os.umask", lambda _mode: 0)  # this process goes on with other tests
    monkeypatch.setattr("pratique.cli.up.split_this_process", start_anew)  # it has threads of its own
    number = errno.ENOSPC
    assert main(["up", "--data", str(tmp_path / "data"), "--port", str(free_port())]) == 1
    assert "the disk of the data folder is full" in capsys.readouterr().err
    number = errno.EIO
    with pytest.raises(OSError, match="Input/output"):
        main(["up", "--data", str(tmp_path / "data"), "--port", str(free_port())])
