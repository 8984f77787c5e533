"""`pratique configure` on real files: found, backed up, changed, taken back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pratique.cli.main import main

SERVER = ["--server", "http://127.0.0.1:9"]
"""Nobody listens there: own names cannot be asked for, and it works all the same."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.upper().startswith(("PIP_", "UV_", "NPM_CONFIG", "PRATIQUE_", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    return tmp_path


PLACE = {"npm": ".npmrc", "pip": ".config/pip/pip.conf", "uv": ".config/uv/uv.toml"}
BEFORE = {
    "npm": "registry=https://old.example.test/\n; mine\nfund=false",
    "pip": "[global]\nindex-url = https://old.example.test/simple\ntimeout = 5",
    "uv": '# mine\noffline = false\n[[index]]\nurl = "https://old.example.test/simple"\ndefault = true',
}


@pytest.mark.parametrize("client", PLACE)
def test_a_file_of_mine_is_changed_and_comes_back_byte_by_byte(home: Path, client: str) -> None:
    path = home / PLACE[client]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(BEFORE[client])
    path.chmod(0o644)

    assert main(["configure", client, *SERVER]) == 0
    once = path.read_text()
    assert main(["configure", client, *SERVER]) == 0

    assert "http://127.0.0.1:9/main/" in once
    assert path.read_text() == once, "twice is as once"
    assert path.with_name(path.name + ".before-pratique").read_text() == BEFORE[client]
    assert main(["configure", client, "--undo"]) == 0
    assert path.read_text() == BEFORE[client]
    assert path.stat().st_mode & 0o777 == 0o644
    assert [one.name for one in path.parent.iterdir() if "pratique" in one.name] == []


@pytest.mark.parametrize("client", PLACE)
def test_a_file_that_was_not_there_is_gone_again(home: Path, client: str) -> None:
    assert main(["configure", client, *SERVER]) == 0
    assert (home / PLACE[client]).stat().st_mode & 0o777 == 0o600
    assert main(["configure", client, "--undo"]) == 0
    assert not (home / PLACE[client]).exists()


@pytest.mark.parametrize("client", PLACE)
def test_what_i_write_in_between_survives_the_undo(home: Path, client: str) -> None:
    path = home / PLACE[client]
    main(["configure", client, *SERVER])
    path.write_text(path.read_text() + "# written later\n")
    main(["configure", client, *SERVER])
    main(["configure", client, "--undo"])
    assert path.read_text() == "# written later\n"


def test_a_file_that_holds_a_token_is_closed_to_others(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / ".npmrc").write_text("fund=false\n")
    (home / ".npmrc").chmod(0o644)
    assert main(["configure", "npm", *SERVER, "--token", "prq_secret"]) == 0
    assert (home / ".npmrc").stat().st_mode & 0o777 == 0o600
    said = capsys.readouterr()
    assert "only you may read it" in said.out
    assert "prq_secret" not in said.out + said.err


@pytest.mark.parametrize(("client", "name"), [("npm", ".npmrc"), ("uv", "uv.toml")])
def test_no_token_is_written_into_a_project(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], client: str, name: str
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    assert main(["configure", client, "--project", str(project), *SERVER, "--token", "prq_secret"]) == 0
    assert "prq_secret" not in (project / name).read_text()
    said = capsys.readouterr().out
    assert "a project's file is read by others" in said
    assert "prq_secret" not in said
    assert not (tmp_path / PLACE[client]).exists(), "only the project's file is touched"


def test_uv_writes_into_pyproject_unless_the_project_has_a_uv_toml(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')
    main(["configure", "uv", "--project", str(tmp_path), *SERVER])
    assert "[[tool.uv.index]]" in (tmp_path / "pyproject.toml").read_text()

    (tmp_path / "uv.toml").write_text("offline = false\n")
    main(["configure", "uv", "--project", str(tmp_path), *SERVER])
    assert "[[index]]" in (tmp_path / "uv.toml").read_text()


def test_pip_in_a_project_means_its_virtual_environment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["configure", "pip", "--project", str(tmp_path), *SERVER]) == 1
    assert "python -m venv .venv" in capsys.readouterr().err

    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("")
    assert main(["configure", "pip", "--project", str(tmp_path), *SERVER]) == 0
    assert "index-url" in (tmp_path / ".venv" / "pip.conf").read_text()


def test_a_variable_that_the_client_believes_first_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://old.example.test/simple")
    main(["configure", "pip", *SERVER])
    assert "PIP_INDEX_URL is set, and pip believes it" in capsys.readouterr().out


def test_a_link_into_a_collection_of_dot_files_stays_a_link(home: Path) -> None:
    (home / "dots").mkdir()
    (home / "dots" / "npmrc").write_text("fund=false\n")
    (home / ".npmrc").symlink_to(home / "dots" / "npmrc")
    main(["configure", "npm", *SERVER])
    assert (home / ".npmrc").is_symlink()
    assert "registry=" in (home / "dots" / "npmrc").read_text()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["npm", "--undo"], "there is nothing of Pratique in"),
        (["npm", "--project", "/nowhere/at/all"], "there is no folder"),
    ],
)
def test_what_cannot_be_done_says_why(capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str) -> None:
    assert main(["configure", *arguments]) == 1
    assert sentence in capsys.readouterr().err


def test_a_broken_file_is_left_as_it_is(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = home / ".config" / "uv" / "uv.toml"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\xff\xfe")
    assert main(["configure", "uv", *SERVER]) == 1
    assert "not UTF-8" in capsys.readouterr().err
    path.write_text("a = ")
    assert main(["configure", "uv", *SERVER]) == 1
    assert path.read_text() == "a = "


def test_without_a_server_named_the_one_of_the_data_folder_is_meant(home: Path) -> None:
    data = home / ".local" / "share" / "pratique"
    data.mkdir(parents=True, mode=0o700)
    (data / "pratique.toml").write_text("port = 7999\n")
    main(["configure", "npm"])
    assert "registry=http://127.0.0.1:7999/main/npm/" in (home / ".npmrc").read_text()


def test_where_no_server_is_no_address_is_guessed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["configure", "npm"]) == 1
    assert (
        "name its folder with --data or PRATIQUE_DATA, or a server elsewhere with --server" in capsys.readouterr().err
    )
    assert not (home / ".npmrc").exists()
