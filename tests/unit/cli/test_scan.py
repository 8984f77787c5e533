"""`pratique scan`: a verdict for each artefact, in the form asked for, and a sentence for what is none."""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from pratique.cli.main import main
from pratique.cli.scanning import command
from pratique.cli.scanning.artefacts import subject_of
from pratique.cli.scanning.command import COULD_NOT_SCAN
from pratique.core.errors import Invalid
from pratique.scan.report import Subject
from tests.arch.house import ROOT
from tests.unit.formats.archives import tar_gz

CLEAR, REVIEW, QUARANTINE = 0, 1, 2


@pytest.fixture(autouse=True)
def looked_at_for_words(monkeypatch):
    monkeypatch.setattr(command, "DETECTORS", "tests.unit.scan.looks:WORDS")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))


@pytest.fixture
def scan(capsys):
    """Run the command; its exit code and what it prints."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main(["scan", *map(str, arguments)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def packed(version: str = "1.0.0", *, name: str = "left", **files: str) -> bytes:
    manifest = {"name": name, "version": version, "scripts": {"postinstall": "node hook.js"} if "hook" in files else {}}
    members = [(f"package/{path}.js", content.encode()) for path, content in files.items()]
    return tar_gz(("package/package.json", json.dumps(manifest).encode()), *members)


def written(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


def test_people_read_the_verdict_first_and_then_why(scan, tmp_path):
    bad = written(tmp_path, "left-1.0.0.tgz", packed(hook="HARM", index="OTHER"))

    code, out, _ = scan(bad)

    assert code == QUARANTINE
    assert out.splitlines()[0] == "left 1.0.0 (npm): QUARANTINE, keep it away"
    assert "  high: it says HARM\n    hook.js:1, runs at install [HARM]\n" in out


def test_json_has_what_a_script_needs_one_object_a_line_and_the_worst_verdict_is_the_exit_code(scan, tmp_path):
    written(tmp_path, "a.tgz", packed(name="@acme/fine", index="1"))
    written(tmp_path, "b.tgz", packed(index="HARM"))
    written(tmp_path, "readme.txt", b"nothing")

    code, out, _ = scan(tmp_path, "--json")

    fine, harm = map(json.loads, out.splitlines())
    assert code == REVIEW
    assert (fine["subject"], fine["verdict"], fine["score"], fine["findings"]) == (
        "pkg:npm/%40acme/fine@1.0.0", "clear", 0, [],
    )  # fmt: skip
    assert set(harm) == {"subject", "verdict", "score", "findings", "seconds"}
    assert (harm["findings"][0]["file"], harm["findings"][0]["execution_point"]) == ("index.js", "start")


def test_an_artefact_from_standard_input_is_never_written_to_disk(scan, tmp_path, monkeypatch):
    for variable in ("HOME", "TMPDIR"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(tar_gz(("x/a.py", b"HARM")))))

    code, out, _ = scan("-", "--as", "pypi:left@1.0", "--json")

    assert code == REVIEW
    assert json.loads(out)["subject"] == "pkg:pypi/left@1.0"
    assert list(tmp_path.iterdir()) == []


def test_the_release_before_shows_what_is_new(scan, tmp_path):
    old = written(tmp_path, "left-1.0.0.tgz", packed(index="1"))
    new = written(tmp_path, "left-1.0.1.tgz", packed("1.0.1", index="1", hook="1"))

    assert scan(new)[0] == CLEAR
    code, out, _ = scan(new, "--previous", old)
    assert (code, "new hook postinstall" in out) == (REVIEW, True)


def test_an_unpacked_package_is_scanned_as_it_lies_there_and_links_are_not_followed(scan, tmp_path):
    written(tmp_path / "left", "package.json", b'{"name": "left", "version": "2.0.0"}')
    written(tmp_path / "left", "index.js", b"HARM")
    (tmp_path / "left" / "out").symlink_to("/etc/passwd")

    code, out, _ = scan(tmp_path / "left", "--json")

    found = json.loads(out)
    assert (code, found["subject"]) == (QUARANTINE, "pkg:npm/left@2.0.0")
    assert "link-out out" in [finding["sentence"] for finding in found["findings"]]


def test_sarif_names_the_rules_and_the_places(scan, tmp_path):
    code, out, _ = scan(written(tmp_path, "a.tgz", packed(index="HARM")), "--sarif")

    document = json.loads(out)
    (run,) = document["runs"]
    (result,) = [one for one in run["results"] if one["ruleId"] == "HARM"]
    assert (code, document["version"]) == (REVIEW, "2.1.0")
    assert result["level"] == "error"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "index.js"
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} >= {"HARM"}


def test_verbose_tells_what_confines_the_process_that_looks(scan, tmp_path):
    _, _, err = scan(written(tmp_path, "a.tgz", packed(index="1")), "--verbose")

    assert "given: limits" in err
    assert "no network" in err


def test_what_strangers_wrote_cannot_paint_a_terminal(scan, tmp_path):
    evil = tar_gz(
        ("package/package.json", b'{"name": "\\u001b[31mx", "version": "1"}'), ("package/\u202ea.js", b"HARM")
    )

    _, out, _ = scan(written(tmp_path, "a.tgz", evil), "--as", "npm:x@1")

    assert out.isascii()
    assert "\x1b" not in out


def test_one_that_cannot_be_scanned_does_not_keep_the_others_from_it(scan, tmp_path):
    written(tmp_path, "a.tgz", b"")
    written(tmp_path, "b.tgz", packed(index="1"))

    code, out, err = scan(tmp_path)

    assert code == COULD_NOT_SCAN
    assert "left 1.0.0 (npm): CLEAR" in out
    assert "a.tgz: it is no archive" in err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "nothing is named"),
        (("nowhere.tgz",), '"nowhere.tgz" cannot be read: No such file'),
        (("empty",), "holds no package and no artefact"),
        (("/dev/null",), "is no regular file"),
        (("a.tgz", "--as", "left@1"), 'write it as "npm:left-pad@1.3.0"'),
        (("a.tgz", "--as", "deno:left@1"), "ecosystems are npm, pypi"),
        (("a.tgz", "--as", "npm:left"), "write it as"),
        (("a.tgz", "--json", "--sarif"), "choose one"),
        (("a.tgz", "b.tgz", "--as", "npm:a@1"), "about one artefact"),
        (("-", "-"), "named twice"),
        (("pkg:npm/left@1.0.0", "--previous", "/dev/zero"), "is no regular file"),
        (("pkg:npm/left@1.0.0", "--server", "http://127.0.0.1:9", "--token", "t"), "127.0.0.1:9"),
    ],
    ids=lambda one: "-".join(one) if isinstance(one, tuple) else "",
)
def test_what_cannot_be_done_is_said_in_a_sentence(scan, tmp_path, monkeypatch, arguments, sentence):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)

    code, out, err = scan(*arguments)

    assert (code, out) == (COULD_NOT_SCAN, "")
    assert sentence in err
    assert "Traceback" not in err


NOBODY = 65_534


def told_as_nobody(*arguments: object) -> str:
    """What the command prints as an error for a user who is not root, who may read everything."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            sys.stderr = os.fdopen(writing, "w")
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            main(["scan", *map(str, arguments)])
            sys.stderr.flush()
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        said = told.read()
    os.waitpid(child, 0)
    return said


def test_a_folder_without_rights_is_said():
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        closed = Path(folder) / "closed"
        closed.mkdir(mode=0)

        assert "cannot be read: Permission denied" in told_as_nobody(closed)


def test_a_cut_artefact_is_scanned_as_far_as_it_goes(scan, tmp_path):
    code, out, _ = scan(written(tmp_path, "left-1.0.0.tgz", packed(index="HARM")[:-20]), "--as", "npm:left@1.0.0")

    assert code != CLEAR
    assert "unreadable" in out


def test_whose_it_is_may_hold_a_scope():
    assert subject_of("npm:@acme/left@1.0.0") == Subject("npm", "@acme/left", "1.0.0")
    with pytest.raises(Invalid):
        subject_of("npm:left@\x1b[0m")
