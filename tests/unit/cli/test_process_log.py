import errno
import json
import logging
import os
import subprocess
import sys

import pytest
import structlog

from pratique.cli.process_log import JsonLines, log_to, log_to_terminal, put_aside


@pytest.fixture(autouse=True)
def _as_before():
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.captureWarnings(capture=False)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_what_we_and_the_libraries_log_ends_as_json_in_one_file(tmp_path):
    path = tmp_path / "jobs.jsonl"
    log_to(JsonLines(path, pid=7))

    structlog.get_logger("x").info("job done", job="recheck", attempt=1)
    structlog.get_logger("x").debug("not worth a line")
    logging.getLogger("aiohttp.server").warning("odd request %s", "GET")
    try:
        raise ValueError("boom")
    except ValueError:
        structlog.get_logger("x").exception("failed")

    found = lines(path)
    assert [(line["event"], line["level"], line["pid"]) for line in found] == [
        ("job done", "info", 7),
        ("odd request GET", "warning", 7),
        ("failed", "error", 7),
    ]
    assert found[1]["library"] == "aiohttp.server"
    assert "ValueError: boom" in found[2]["exception"]


def test_a_log_is_for_its_owner_only(tmp_path):
    path = tmp_path / "web.jsonl"
    JsonLines(path).write({"event": "request"})

    assert path.stat().st_mode & 0o077 == 0


def test_a_log_that_is_put_aside_is_followed_into_a_new_file(tmp_path, monkeypatch):
    monkeypatch.setattr("pratique.cli.process_log._LOOK_EVERY", -1.0)
    path = tmp_path / "web.jsonl"
    log = JsonLines(path)

    for number in range(4):
        log.write({"number": number})
        assert put_aside(path, max_size=10, keep=2)
    log.write({"number": 4})

    assert [line["number"] for line in lines(path)] == [4]
    assert [line["number"] for line in lines(tmp_path / "web.jsonl.1")] == [3]
    assert [line["number"] for line in lines(tmp_path / "web.jsonl.2")] == [2]
    assert not (tmp_path / "web.jsonl.3").exists()


def test_a_short_or_missing_log_is_left_alone(tmp_path):
    (tmp_path / "web.jsonl").write_text("short")

    assert not put_aside(tmp_path / "web.jsonl", max_size=10, keep=2)
    assert not put_aside(tmp_path / "jobs.jsonl", max_size=10, keep=2)


def test_a_log_that_cannot_be_written_does_not_stop_anybody(tmp_path, monkeypatch, capfdbinary):
    monkeypatch.setattr("pratique.cli.process_log._LOOK_EVERY", -1.0)
    folder = tmp_path / "logs"
    folder.mkdir()
    log = JsonLines(folder / "web.jsonl")
    (folder / "web.jsonl").unlink()
    folder.rmdir()

    log.write({"event": "request"})

    assert b'"event":"request"' in capfdbinary.readouterr().err


def test_a_line_that_a_full_disk_cuts_short_spoils_no_other(tmp_path, monkeypatch, capfdbinary):
    path, written = tmp_path / "web.jsonl", os.write
    log = JsonLines(path)

    with monkeypatch.context() as full:
        full.setattr("os.write", lambda descriptor, line: written(descriptor, line[:10] if descriptor != 2 else line))
        log.write({"number": 1})
    log.write({"number": 2})

    assert b'"number":1' in capfdbinary.readouterr().err
    assert [json.loads(line)["number"] for line in path.read_text().splitlines()[1:]] == [2]


def test_a_log_without_room_anywhere_does_not_stop_anybody(tmp_path, monkeypatch):
    def refuse(_descriptor, _line):
        raise OSError(errno.ENOSPC, "No space left on device")

    log = JsonLines(tmp_path / "web.jsonl")
    monkeypatch.setattr("os.write", refuse)

    log.write({"number": 1})


def test_lines_of_several_processes_do_not_run_into_each_other(tmp_path):
    path = tmp_path / "web.jsonl"
    program = (
        "import sys; from pathlib import Path; from pratique.cli.process_log import JsonLines\n"
        "log = JsonLines(Path(sys.argv[1]))\n"
        "for number in range(300): log.write({'number': number, 'padding': 'x' * 2000})\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program, str(path)]) for _ in range(3)]

    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert sorted(line["number"] for line in lines(path)) == sorted(list(range(300)) * 3)


def test_what_is_no_text_is_logged_all_the_same(tmp_path):
    path = tmp_path / "web.jsonl"
    JsonLines(path).write({"client": b"\xff\xfe".decode(errors="surrogateescape"), "number": 2**70})

    assert lines(path)[0]["number"] == 2**70


def test_a_command_tells_a_warning_as_a_sentence_beside_its_answer(capsys):
    log_to_terminal()

    structlog.get_logger("x").info("not worth a line")
    structlog.get_logger("x").warning(
        "upstream document not refreshed", ecosystem="npm", project="left", error="Upstream answered 500"
    )

    out, err = capsys.readouterr()
    assert out == ""
    assert err == "pratique: upstream document not refreshed (npm, left): Upstream answered 500\n"


def test_a_command_shows_where_a_mistake_of_ours_happened_and_no_local_variables(capsys):
    log_to_terminal()
    secret = "prq_" + "secret"
    try:
        raise ValueError(len(secret))
    except ValueError:
        structlog.get_logger("x").exception("failed")

    shown = capsys.readouterr().err
    assert shown.startswith("pratique: failed\nTraceback")
    assert secret not in shown
