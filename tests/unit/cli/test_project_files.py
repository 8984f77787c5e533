"""Names in the files of a project: found where people write them, and nowhere a stranger leads."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from pratique.cli import project_files
from pratique.cli.project_files import names_below
from pratique.core.errors import NotFound


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def found(folder: Path) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {f"{one.ecosystem}:{one.name}": (one.private, one.files) for one in names_below(folder).names}


def test_manifests_and_lockfiles_are_read_at_every_depth(tmp_path: Path) -> None:
    write(tmp_path / "package.json", '{"dependencies": {"left": "1", "mine": "file:x"}}')
    write(tmp_path / "web" / "package.json", '{"dependencies": {"left": "1"}}')
    write(tmp_path / "requirements-dev.txt", "Pytest\nlib==1.0\n-e .\nother @ git+https://code.test/other\n")
    write(tmp_path / "core" / "Cargo.toml", '[dependencies]\nserde = "1"\n')
    write(tmp_path / "core" / "Cargo.lock", 'version = 4\n[[package]]\nname = "mine"\nversion = "0.1.0"\n')

    assert found(tmp_path) == {
        "cargo:mine": ("comes from folder", ("core/Cargo.lock",)),
        "cargo:serde": ("", ("core/Cargo.toml",)),
        "npm:left": ("", ("package.json", "web/package.json")),
        "npm:mine": ("comes from a folder", ("package.json",)),
        "pypi:lib": ("", ("requirements-dev.txt",)),
        "pypi:other": ("comes from git", ("requirements-dev.txt",)),
        "pypi:pytest": ("", ("requirements-dev.txt",)),
    }
    assert names_below(tmp_path).unread == ()


def test_files_of_ecosystems_that_are_not_served_are_read_too(tmp_path: Path) -> None:
    write(tmp_path / "build.gradle.kts", 'implementation("com.acme:core:1")\n')
    write(tmp_path / "Gemfile", 'gem "acme-core", path: "core"\n')
    write(tmp_path / "src" / "Shop.csproj", '<Project><PackageReference Include="Acme.Core"/></Project>')
    write(tmp_path / "pom.xml", "<project>")

    assert found(tmp_path) == {
        "maven:com.acme:core": ("", ("build.gradle.kts",)),
        "nuget:acme.core": ("", ("src/Shop.csproj",)),
        "rubygems:acme-core": ("comes from a folder", ("Gemfile",)),
    }
    assert [one.path for one in names_below(tmp_path).unread] == ["pom.xml"]


def test_what_others_wrote_and_what_is_hidden_is_passed_by(tmp_path: Path) -> None:
    for folder in ("node_modules/x", ".git", ".venv", "venv/lib/site-packages/y", "target"):
        write(tmp_path / folder / "package.json", '{"dependencies": {"left": "1"}}')

    assert found(tmp_path) == {}


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside" / "package.json", '{"dependencies": {"left": "1"}}')
    project = tmp_path / "project"
    project.mkdir()
    (project / "package.json").symlink_to(outside)
    (project / "folder").symlink_to(outside.parent)
    (project / "circle").symlink_to(project)

    read = names_below(project)

    assert read.names == ()
    assert [(one.path, "links are not followed" in one.why) for one in read.unread] == [("package.json", True)]


def test_what_cannot_be_read_is_told_and_keeps_nothing_back(tmp_path: Path) -> None:
    write(tmp_path / "package.json", "{ broken")
    write(tmp_path / "a" / "pyproject.toml", "= broken")
    write(tmp_path / "b" / "yarn.lock", "\0" * 10)
    write(tmp_path / "c" / "package.json", " " * (project_files.MAX_BYTES + 1))
    write(tmp_path / "d" / "bun.lockb", "binary")
    os.mkfifo(tmp_path / "Cargo.lock")
    write(tmp_path / "z" / "package.json", '{"dependencies": {"left": "1"}}')

    read = names_below(tmp_path)

    assert {"Cargo.lock", "package.json", "a/pyproject.toml", "c/package.json", "d/bun.lockb"} <= {
        one.path for one in read.unread
    }
    assert [one.name for one in read.names] == ["left"]


def test_a_folder_without_rights_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "open" / "package.json", '{"dependencies": {"left": "1"}}')
    (tmp_path / "closed").mkdir()
    scan = os.scandir

    def refuse(path: str) -> object:  # root may read everything
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    read = names_below(tmp_path)

    assert [(one.path, one.why) for one in read.unread] == [("closed", "Permission denied")]
    assert [one.name for one in read.names] == ["left"]


def test_a_file_that_fails_to_open_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "package.json", "{}")

    def refuse(*_args: object, **_more: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)

    assert [one.why for one in names_below(tmp_path).unread] == ["it cannot be read: Permission denied"]


def test_of_too_many_files_the_rest_is_told_to_be_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_files, "MAX_FILES", 2)
    for number in range(4):
        write(tmp_path / str(number) / "package.json", "{}")

    read = names_below(tmp_path)

    assert (read.files, "the rest was not read" in read.unread[-1].why) == (2, True)


def test_folders_without_end_end_and_that_is_told(tmp_path: Path) -> None:
    here = tmp_path
    write(tmp_path / "package.json", '{"dependencies": {"left": "1"}}')
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1_500):  # deeper than a path can be written
        os.mkdir("a", dir_fd=here)
        below = os.open("a", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)

    try:
        read = names_below(tmp_path)
    finally:
        subprocess.run(["rm", "-rf", tmp_path / "a"], check=True)  # Python's own way gives up at such a depth

    assert [one.name for one in read.names] == ["left"]
    assert ["deeper than" in one.why for one in read.unread] == [True]


def test_names_of_files_that_are_no_text_are_told_as_text(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    os.mkdir(folder)
    with open(folder + b"/package.json", "wb") as file:
        file.write(b"{ broken")

    (told,) = names_below(tmp_path).unread

    assert told.path.encode("utf-8") == "caf\ufffd/package.json".encode()


@pytest.mark.parametrize("what", ["missing", "file"])
def test_what_is_no_folder_is_refused(tmp_path: Path, what: str) -> None:
    write(tmp_path / "file", "")

    with pytest.raises(NotFound, match="is no folder"):
        names_below(tmp_path / what)
