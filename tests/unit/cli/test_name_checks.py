"""`pratique names check`: a verdict for each line, whatever the lines hold."""

from __future__ import annotations

import io
import json
import sys
from types import SimpleNamespace

import pytest

from pratique.cli.main import FAILED, WRONG_USE, main
from pratique.cli.verbs.name_checks import LONGEST_LINE, ask_server, read_lines
from pratique.naming.check import Outcome, Verdict
from pratique.services.names.check_name import CheckNames, NameChecked, NamesChecked


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run the command with bytes on standard input; the objects it prints."""

    def run(content: bytes, *options: str) -> list[dict[str, object]]:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
        assert main(["names", "check", *options, "--json", "-"]) == 0
        printed = capsys.readouterr().out
        assert printed.isascii()
        return [json.loads(line) for line in printed.splitlines()]

    return run


def test_each_name_of_standard_input_gets_one_object_in_its_order(typed) -> None:
    squat, popular, ordinary = typed(b"tokoi\nserde_json\r\nacme-billing", "-e", "cargo")

    assert squat == {
        "name": "tokoi",
        "verdict": "hold",
        "score": squat["score"],
        "targets": ["tokio"],
        "kind": "misspelling",
        "why": squat["why"],
    }
    assert squat["why"].startswith('"tokoi" could be taken for "tokio"')
    assert (popular["name"], popular["verdict"]) == ("serde_json", "ok")
    assert (ordinary["verdict"], ordinary["score"], ordinary["targets"], ordinary["kind"]) == ("ok", 0.0, [], "")


def test_an_install_is_asked_about_popular_targets_only(typed, tmp_path) -> None:
    corpus = tmp_path / "popular.tsv"
    corpus.write_text("tokio\t1\t100000\nserde\t2\t50\n")

    tokio, serde = typed(b"tokoi\nserd\n", "-e", "cargo", "--at", "install", "--corpus", str(corpus))

    assert (tokio["verdict"], serde["verdict"]) == ("hold", "ok")


def test_other_names_that_exist_are_compared_with_too(typed, tmp_path) -> None:
    names = tmp_path / "all.txt"
    names.write_text("acme-billing\t1.0\tA summary\n\nno name at all!\n")

    (verdict,) = typed(b"acme_billing\n", "-e", "cargo", "--all-names", str(names))

    assert (verdict["verdict"], verdict["targets"]) == ("hold", ["acme-billing"])


def test_hostile_lines_are_answered_one_by_one_in_ascii(typed) -> None:
    lines = [b"", b" ", b"\xff\xfe", b"a\x00b", b"a\x1b[31mb", "\u202eoikot".encode(), "tok\u200bio".encode(),
             "t\u043ekio".encode(), "toki\u0301o".encode(), b"<script>alert(1)</script>", b"a" * 10_000, b"//", b"-x",
             b"x" * (3 * LONGEST_LINE), b"tokio"]  # fmt: skip

    verdicts = typed(b"\n".join(lines), "-e", "cargo")

    assert len(verdicts) == len(lines)
    assert [one["verdict"] for one in verdicts] == ["hold"] * (len(lines) - 1) + ["ok"]
    assert {one["kind"] for one in verdicts[:-1]} == {"invalid"}
    assert verdicts[7]["targets"] == ["tokio"]


def test_of_a_line_that_is_too_long_only_the_beginning_is_kept() -> None:
    lines = list(read_lines(io.BytesIO(b"x" * 100_000 + b"\nshort\n")))

    assert lines == ["x" * LONGEST_LINE, "short"]


def test_names_can_be_typed_and_are_shown_in_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["names", "check", "-e", "cargo", "tokoi", "\x1b[31m", "acme-billing"]) == 0

    shown = capsys.readouterr().out
    assert "could be taken for" in shown
    assert "2 of 3 would wait for a person" in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("tokio\n", "'tokio' has no rank"),
        ("tokio\t1\nserde\tx\n", "line 2"),
        (b"\xff\t1", "no text in UTF-8"),
        ("<html>", "a web page"),
        ("tokio\t0\n", "ranks begin at 1"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_its_line(content, said, tmp_path, capsys) -> None:
    corpus = tmp_path / "popular.tsv"
    corpus.write_bytes(content if isinstance(content, bytes) else content.encode())

    assert main(["names", "check", "-e", "cargo", "x", "--corpus", str(corpus)]) == FAILED
    assert said in capsys.readouterr().err


def test_what_cannot_be_asked_is_said(capsys: pytest.CaptureFixture[str], tmp_path) -> None:
    assert main(["names", "check", "-e", "cargo"]) == FAILED
    assert "no name is given" in capsys.readouterr().err
    assert main(["names", "check", "x"]) == WRONG_USE
    assert main(["names", "check", "-e", "go", "x"]) == WRONG_USE
    assert main(["names", "check", "-e", "cargo", "x", "--at", "lunch"]) == WRONG_USE
    assert main(["names", "check", "-e", "cargo", "x", "--all-names", str(tmp_path / "missing")]) == FAILED


def test_a_server_is_asked_about_many_names_in_one_request_and_never_about_what_is_none() -> None:
    asked: list[int] = []

    def perform(request: CheckNames) -> NamesChecked:
        asked.append(len(request.names))
        return NamesChecked(tuple(NameChecked(name, "ok", "0.000", (), "", f"{name}!", "no") for name in request.names))

    names = [f"name{number}" for number in range(150)]
    names[3:3] = ["x" * 10_000, "\udcff", "a\nb"]
    answers = list(ask_server(CheckNames("cargo", ()), iter(names), perform))

    assert [verdict.name for verdict, _ in answers] == names
    assert asked == [97, 53]
    assert [verdict.kind for verdict, _ in answers[3:6]] == ["invalid"] * 3
    assert answers[7] == (Verdict("name4", Outcome.OK, 0.0, (), "", "name4!"), "no")
