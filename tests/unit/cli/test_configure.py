"""`pratique configure` on real files: found, backed up, changed, taken back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pratique.cli.main import main
from tests.harness.certificates import Authority

SERVER = ["--server", "http://127.0.0.1:9"]
"""Nobody listens there: own names cannot be asked for, and it works all the same."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.upper().startswith(("PIP_", "UV_", "NPM_CONFIG", "PRATIQUE_", "XDG_", "PNPM_", "YARN_", "CARGO_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    return tmp_path


PLACE = {
    "npm": ".npmrc",
    "pnpm": ".config/pnpm/config.yaml",
    "yarn": ".yarnrc.yml",
    "yarn1": ".yarnrc",
    "bun": ".bunfig.toml",
    "pip": ".config/pip/pip.conf",
    "uv": ".config/uv/uv.toml",
    "poetry": ".config/pypoetry/config.toml",
    "cargo": ".cargo/config.toml",
}
BEFORE = {
    "npm": "registry=https://old.example.test/\n; mine\nfund=false",
    "pnpm": "registry: https://old.example.test/\n# mine\nverifyStoreIntegrity: true",
    "yarn": "# mine\nnpmRegistryServer: https://old.example.test/\nenableTelemetry: false",
    "yarn1": 'registry "https://old.example.test/"\n# mine\nyarn-offline-mirror false',
    "bun": '[install] # mine\nregistry = "https://old.example.test/"\nexact = true',
    "poetry": '[repositories.pratique]\nurl = "https://old.example.test/"\n[virtualenvs]\nin-project = true # mine',
    "cargo": '[source.crates-io]\nreplace-with = "old"\n[net] # mine\nretry = 1',
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


@pytest.mark.parametrize(
    ("client", "places"),
    [
        ("npm", [".npmrc"]),
        ("pnpm", [".config/pnpm/auth.ini"]),
        ("yarn", [".yarnrc.yml"]),
        ("yarn1", [".yarnrc"]),
        ("bun", [".bunfig.toml"]),
        ("pip", [".config/pip/pip.conf"]),
        ("uv", []),
        ("poetry", [".config/pypoetry/config.toml"]),
        ("cargo", [".cargo/config.toml"]),
    ],
)
def test_a_private_authority_is_trusted_by_the_user_and_named_in_no_project(
    home: Path, capsys: pytest.CaptureFixture[str], client: str, places: list[str]
) -> None:
    authority = Authority(home / "ca").path
    server = ["--server", "https://127.0.0.1:9", "--ca", str(authority), "--token", "prq_secret"]
    assert main(["configure", client, *server]) == 0
    assert [str(path) for path in holding(home, str(authority))] == places
    if not places:
        assert f"export SSL_CERT_FILE={authority}" in capsys.readouterr().out
    assert [path for path in holding(home, "prq_secret") if (home / path).stat().st_mode & 0o077] == []

    assert main(["configure", client, "--undo"]) == 0
    assert holding(home, "127.0.0.1") == holding(home, "prq_secret") == []
    if client == "pip":
        return
    project = home / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text("")
    assert main(["configure", client, "--project", str(project), *server]) == 0
    assert holding(home, str(authority)) == holding(home, "prq_secret") == []
    assert f"`pratique configure {client} --ca {authority}` without --project" in capsys.readouterr().out


def holding(home: Path, text: str) -> list[Path]:
    """Files that hold a text, by their place in the home."""
    found = [path for path in home.rglob("*") if path.is_file() and text in path.read_text()]
    return sorted(path.relative_to(home) for path in found)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "there is no file"), ("no certificate", "cannot be read, or holds no certificate")],
)
def test_an_authority_that_is_none_is_refused_and_nothing_written(
    home: Path, capsys: pytest.CaptureFixture[str], content: str | None, sentence: str
) -> None:
    path = home / "ca.pem"
    if content is not None:
        path.write_text(content)
    assert main(["configure", "npm", "--server", "https://127.0.0.1:9", "--ca", str(path)]) == 1
    assert sentence in capsys.readouterr().err
    assert not (home / ".npmrc").exists()


def test_an_authority_in_a_path_that_not_every_client_can_read_is_refused(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Authority(home / "a;b#c").path
    assert main(["configure", "npm", "--server", "https://127.0.0.1:9", "--ca", str(path)]) == 1
    assert "copy the file to a plain one" in capsys.readouterr().err


def test_a_server_without_tls_needs_no_authority(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    authority = Authority(home / "ca").path
    assert main(["configure", "npm", *SERVER, "--ca", str(authority)]) == 0
    assert "cafile" not in (home / ".npmrc").read_text()
    assert "speaks http, so no authority is needed" in capsys.readouterr().out


def test_npm_and_yarn_1_share_a_file_and_each_takes_back_its_own(home: Path) -> None:
    (home / ".npmrc").write_text("fund=false\n")
    main(["configure", "npm", *SERVER])
    with_npm = (home / ".npmrc").read_text()
    main(["configure", "yarn1", *SERVER, "--token", "prq_secret"])
    assert "always-auth=true" in (home / ".npmrc").read_text()
    main(["configure", "yarn1", "--undo"])
    assert (home / ".npmrc").read_text() == with_npm
    main(["configure", "yarn1", *SERVER, "--token", "prq_secret"])
    main(["configure", "npm", "--undo"])
    assert "always-auth=true" in (home / ".npmrc").read_text()
    main(["configure", "yarn1", *SERVER])
    assert (home / ".npmrc").read_text() == "fund=false\n", "a token that is no longer given is no longer there"


def test_poetry_in_a_project_needs_the_projects_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["configure", "poetry", "--project", str(tmp_path), *SERVER]) == 1
    assert "make one with `poetry init`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("variable", "client", "place"),
    [
        ("XDG_CONFIG_HOME", "bun", ".bunfig.toml"),
        ("XDG_CONFIG_HOME", "pnpm", "pnpm/config.yaml"),
        ("POETRY_CONFIG_DIR", "poetry", "config.toml"),
    ],
)
def test_files_are_where_the_environment_puts_them(
    home: Path, monkeypatch: pytest.MonkeyPatch, variable: str, client: str, place: str
) -> None:
    monkeypatch.setenv(variable, str(home / "elsewhere"))
    assert main(["configure", client, *SERVER]) == 0
    assert (home / "elsewhere" / place).is_file()


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


@pytest.mark.parametrize("client", PLACE)
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--server", "127.0.0.1:9"], "is no URL of a server"),
        (["--server", "ftp://127.0.0.1"], "is no URL of a server"),
        (["--server", "http://"], "is no URL of a server"),
        (["--server", "http://127.0.0.1:99999"], "is no URL of a server"),
        (["--server", "http://a b"], "is no URL of a server"),
        (["--server", "http://127.0.0.1\nevil=1"], "is no URL of a server"),
        (["--server", 'http://a"b'], "is no URL of a server"),
        (["--server", "http://127.0.0.1:9/main/npm"], "name the server without a path: http://127.0.0.1:9"),
        (["--server", "http://u:prq_secret@127.0.0.1:9"], "name the server without a user and password"),
        ([*SERVER, "--repository", "../x"], "'../x' is no name of a repository"),
        ([*SERVER, "--token", "prq_secret\nevil=1"], "--token: this is no token"),
        ([*SERVER, "--ca", "/nowhere/ca.pem"], 'there is no file "/nowhere/ca.pem"'),
    ],
    ids=["no-scheme", "ftp", "no-host", "port", "blank", "line", "quote", "path", "user", "repository", "token", "ca"],
)
def test_what_cannot_be_right_is_a_sentence_and_nothing_is_written(
    home: Path, capsys: pytest.CaptureFixture[str], client: str, arguments: list[str], sentence: str
) -> None:
    assert main(["configure", client, *arguments]) == 1

    said = capsys.readouterr()
    assert sentence in said.err
    assert "prq_secret" not in said.out + said.err
    assert list(home.iterdir()) == []


def test_a_server_that_cannot_be_reached_is_told_by_every_client(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for client in PLACE:
        assert main(["configure", client, *SERVER]) == 0
        assert "http://127.0.0.1:9 cannot be reached" in capsys.readouterr().out, client


def test_scopes_that_npm_fetches_elsewhere_are_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / ".npmrc").write_text(
        "@acme:registry = https://user:prq_secret@npm.example.test/acme/\n"
        "@ours:registry=http://127.0.0.1:9/main/npm/\n"
        "@odd:registry=${SOMEWHERE}\n"
        "#@off:registry=https://npm.example.test/\n"
    )
    assert main(["configure", "npm", *SERVER]) == 0

    said = capsys.readouterr().out
    assert "`@acme:registry=` sends the packages of @acme to https://npm.example.test, round this server" in said
    assert "`npm config delete @acme:registry` ends that" in said
    assert "`@odd:registry=` sends the packages of @odd to an address that is none" in said
    assert "@ours" not in said
    assert "@off" not in said
    assert "prq_secret" not in said


def test_a_lockfile_beside_it_that_goes_round_the_server_is_named_with_the_command_that_mends_it(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = home / "project"
    project.mkdir()
    (project / "yarn.lock").write_text('left@1:\n  version "1.0.0"\n  resolved "https://npm.example.test/left.tgz"\n')
    (project / "bun.lockb").write_bytes(b"\0")
    (project / "uv.lock").write_text("not npm's")
    expected = "yarn.lock goes round this server all the same: https://npm.example.test for 1 entry: left@1.0.0. Mend: "

    assert main(["configure", "yarn1", "--project", str(project), *SERVER]) == 0
    beside = capsys.readouterr().out
    monkeypatch.chdir(project)
    assert main(["configure", "npm", *SERVER]) == 0
    here = capsys.readouterr().out

    for said in (beside, here):
        assert expected + "rm yarn.lock && yarn install" in said
        assert "whether bun.lockb leads past this server cannot be told" in said
        assert "uv.lock" not in said

    (project / "yarn.lock").write_text(
        'left@1:\n  version "1.0.0"\n  resolved "http://127.0.0.1:9/main/npm/left/-/left-1.0.0.tgz"\n'
    )
    assert main(["configure", "npm", *SERVER]) == 0
    assert "yarn.lock" not in capsys.readouterr().out


@pytest.mark.parametrize("project", [False, True], ids=["user", "project"])
def test_where_npm_has_dropped_our_marks_undo_says_what_to_remove(
    home: Path, capsys: pytest.CaptureFixture[str], project: bool
) -> None:
    path = home / ".npmrc"
    path.write_text(
        "fund=false\nregistry=http://127.0.0.1:9/main/npm/\n//127.0.0.1:9/main/npm/:_authToken=prq_secret\n"
        "//other.example.test/:_authToken=prq_other\nmin-release-age-exclude[]=@acme/*\n"
    )
    before = path.read_text()

    assert main(["configure", "npm", "--undo", *(["--project", str(home)] if project else [])]) == 1

    said = capsys.readouterr().err
    place = " --location=project" if project else ""
    for key in ("registry", "//127.0.0.1:9/main/npm/:_authToken", "min-release-age-exclude"):
        assert f"`npm config delete {key}{place}`" in said
    assert "cafile" not in said
    assert "prq_" not in said
    assert path.read_text() == before


def test_a_registry_of_somebody_else_is_not_called_ours(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / ".npmrc").write_text("registry=https://npm.example.test/\n")
    assert main(["configure", "npm", "--undo"]) == 1
    assert "there is nothing of Pratique in" in capsys.readouterr().err
