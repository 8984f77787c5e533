"""`dev.py`: what a developer and CI rely on."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import dev
import pytest

REPORT = """<testsuites><testsuite>
<testcase classname="a" name="good"/>
<testcase classname="a" name="bad"><failure/></testcase>
<testcase classname="a" name="broken"><error/></testcase>
<testcase classname="a" name="left out"><skipped/></testcase>
</testsuite></testsuites>"""


def test_the_last_line_counts_what_passed_failed_and_was_skipped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "report.xml").write_text(REPORT)
    tally = dev.Tally()
    tally.add("ruff check", passed=True)
    tally.add_report(tmp_path / "report.xml")

    code = tally.close()

    assert code == 1
    assert capsys.readouterr().out.splitlines() == [
        "FAILED a.py::bad",
        "FAILED a.py::broken",
        "2 passed, 2 failed, 1 skipped",
    ]


def test_all_passed_is_exit_code_zero(capsys: pytest.CaptureFixture[str]) -> None:
    tally = dev.Tally()
    tally.add("mypy", passed=True)

    assert tally.close() == 0
    assert capsys.readouterr().out == "1 passed, 0 failed, 0 skipped\n"


def test_a_failure_that_does_not_come_again_is_named_and_fails_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "test_it.py").write_text(
        "import pathlib\n\ndef test_first_time():\n    mark = pathlib.Path(__file__).with_name('mark')\n"
        "    was_there = mark.exists()\n    mark.touch()\n    assert was_there\n\ndef test_never():\n    assert False\n"
    )
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "PYTHON", sys.executable)
    tally = dev.Tally()

    dev.run_pytest(tally, ["test_it.py"], "")

    assert tally.close() == 1
    told = capsys.readouterr().out.splitlines()[-3:]
    assert told == [
        "UNSTEADY test_it.py::test_first_time: it failed, and passed when run again alone; find out why",
        "FAILED test_it.py::test_never",
        "1 passed, 1 failed, 0 skipped",
    ]


def test_a_check_beside_others_is_told_of_after_them_and_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tally = dev.Tally()

    for code in (0, 1):
        with dev.beside(tally, f"check {code}", [sys.executable, "-c", f"print('found'); raise SystemExit({code})"]):
            print("others")  # noqa: T201

    assert (tally.passed, tally.failures) == (1, ["check 1"])
    told = capsys.readouterr().out.split()
    assert told == [*"others == check 0 found".split(), *"others == check 1 found".split()]  # noqa: SIM905


def test_a_check_beside_others_ends_with_them_when_they_are_broken_off() -> None:
    endless = [sys.executable, "-c", "import time; time.sleep(600)"]

    with pytest.raises(KeyboardInterrupt), dev.beside(dev.Tally(), "endless", endless):
        raise KeyboardInterrupt


def test_a_python_that_is_new_enough_is_found() -> None:
    assert dev.runs_new_enough(Path(dev.find_python()))


def test_what_does_not_start_is_not_new_enough(tmp_path: Path) -> None:
    assert not dev.runs_new_enough(tmp_path / "no-python")


@pytest.mark.parametrize("arguments", [["test", "--stric"], ["lint", "now"], ["fly"], []])
def test_a_mistyped_command_is_refused_before_anything_is_installed(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, dev.__file__, *arguments], capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 2
    assert "usage: dev.py" in done.stderr
    assert done.stdout == ""


def test_an_unknown_benchmark_is_answered_with_the_known_ones() -> None:
    done = subprocess.run(
        [sys.executable, dev.__file__, "bench", "no-such"], capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 2
    assert "there is no benchmark 'no-such'" in done.stderr


def test_the_server_starts_with_what_the_tests_installed_and_not_the_other_way_round() -> None:
    assert dev.is_enough(dev.fingerprint("test"), "run")
    assert dev.is_enough(dev.fingerprint("run"), "run")
    assert dev.is_enough(dev.fingerprint("test"), "test")
    assert not dev.is_enough(dev.fingerprint("run"), "test")


@pytest.mark.parametrize("name", ["run", "test"])
def test_each_lock_holds_what_this_project_is_built_with(name: str) -> None:
    wanted = tomllib.loads((dev.ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    locked = {line.partition("==")[0] for line in dev.lock_file(name).read_text().splitlines() if "==" in line}

    assert {re.split(r"[<>=~!]", one)[0] for one in wanted} <= locked
