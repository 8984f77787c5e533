"""The cage: whatever a file does to whoever looks at it stays there, and the next one has its turn."""

from __future__ import annotations

import os
import signal
import time

import msgspec
import pytest

from pratique.core.errors import Invalid, Unavailable
from pratique.core.scans import Verdict
from pratique.scan.cage.cage import Cage
from pratique.scan.cage.confine import CageLimits
from pratique.scan.cage.setup import Setup
from pratique.scan.report import UNFINISHED, Report, Subject
from tests.arch.house import ROOT
from tests.unit.formats.archives import tar_gz

LIMITS = CageLimits(memory=512 << 20, processor=1, patience=20, artefacts=8)
NPM = Subject("npm", "left", "1.0.0")


@pytest.fixture(scope="module")
def cage():
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *([before] if before else [])])
    os.environ["SECRET_OF_OURS"] = "hunter2"
    with Cage("tests.unit.scan.looks:MISBEHAVING", Setup(LIMITS)) as built:
        built.start()
        yield built
    os.environ.pop("SECRET_OF_OURS")
    os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)


def in_memory(content: bytes) -> int:
    descriptor = os.memfd_create("artefact")
    os.write(descriptor, content)
    return descriptor


def scanned(cage: Cage, *contents: bytes, previous: bytes | None = None) -> Report:
    files = [(f"package/{number}.js", content) for number, content in enumerate(contents)]
    artefact = in_memory(tar_gz(("package/package.json", b"{}"), *files))
    before = None if previous is None else in_memory(previous)
    try:
        return cage.scan(NPM, artefact, before)
    finally:
        os.close(artefact)
        if before is not None:
            os.close(before)


def said(report: Report) -> list[str]:
    return [finding.sentence for finding in report.findings]


def test_an_artefact_is_scanned_in_the_cage_as_outside(cage):
    report = scanned(cage, b"HARM", previous=tar_gz(("package/package.json", b"{}")))

    assert said(report) == ["it says HARM"]
    assert (report.verdict, report.files) == (Verdict.REVIEW, 2)


@pytest.mark.parametrize(
    ("order", "how"),
    [(b"CRASH", "ended by SIGSEGV"), (b"SPIN", "ended by SIGXCPU"), (b"EAT", "MemoryError")],
    ids=["crash", "spin", "memory"],
)
def test_what_breaks_the_worker_is_for_review_and_the_next_one_has_its_turn(cage, order, how):
    report = scanned(cage, order)

    assert report.verdict is Verdict.REVIEW
    (finding,) = report.findings
    assert finding.detector == UNFINISHED
    assert "the scanner could not finish" in finding.sentence
    assert how in f"{finding.sentence} {finding.excerpt}"
    assert scanned(cage, b"fine").verdict is Verdict.CLEAR


def test_what_hangs_is_given_up(cage, monkeypatch):
    monkeypatch.setattr(cage, "_setup", Setup(msgspec.structs.replace(LIMITS, patience=1)))

    assert said(scanned(cage, b"HANG")) == ["the scanner could not finish: it took longer than 1 s"]
    assert scanned(cage, b"fine").verdict is Verdict.CLEAR


def test_a_detector_that_raises_leaves_its_worker_as_it_was(cage):
    cage.start()
    worker = cage.worker

    assert scanned(cage, b"RAISE", b"HARM").verdict is Verdict.REVIEW
    assert cage.worker == worker


def test_a_worker_is_replaced_after_so_many_artefacts(cage):
    scanned(cage, b"CRASH")
    workers = []
    for _ in range(LIMITS.artefacts + 1):
        scanned(cage, b"fine")
        workers.append(cage.worker)

    assert len(set(workers[: LIMITS.artefacts - 1])) == 1
    assert workers[LIMITS.artefacts - 1] is None
    assert workers[-1] not in (None, workers[0])


def test_a_worker_that_somebody_kills_is_not_missed(cage):
    cage.start()
    os.kill(cage.worker, signal.SIGKILL)

    assert said(scanned(cage, b"HARM")) == ["it says HARM"]


def test_a_fork_server_that_somebody_kills_is_not_missed(cage):
    cage.start()
    cage._forks._process.kill()
    cage._let_go()

    assert said(scanned(cage, b"HARM")) == ["it says HARM"]


def test_the_kernel_is_asked_for_everything_and_what_it_gave_is_told(cage):
    measures = {measure.name: measure for measure in cage.start()}

    assert len(measures) == 9
    assert measures["every detector works in here"].holds
    assert measures["limits"].holds
    assert all(measure.holds or measure.note for measure in measures.values())


CANNOT = {
    "open": "no paths (Landlock)",
    "write": "no paths (Landlock)",
    "list": "no paths (Landlock)",
    "connect": "no network",
    "socket": "only harmless system calls (seccomp)",
    "fork": "only harmless system calls (seccomp)",
    "exec": "no paths (Landlock)",
    "kill": "only harmless system calls (seccomp)",
    "trace": "only harmless system calls (seccomp)",
}


@pytest.mark.parametrize("deed", CANNOT)
def test_a_worker_cannot_or_it_is_told_what_the_kernel_lacks(cage, deed):
    (against,) = [measure for measure in cage.start() if measure.name == CANNOT[deed]]

    (sentence,) = said(scanned(cage, b"TRY " + deed.encode()))

    refused = sentence.startswith(f"{deed}: refused") or sentence == "trace: -1"
    assert refused or (not against.holds and against.note)


def test_a_worker_knows_no_environment_and_has_nothing_open_but_its_pipe_and_the_artefact(cage):
    assert said(scanned(cage, b"TRY environment")) == ["environment: {}"]
    (sentence,) = said(scanned(cage, b"TRY descriptors"))
    assert len(sentence.removeprefix("descriptors: [").split(",")) <= 6


def test_what_is_nothing_to_scan_is_refused_with_a_sentence(cage):
    artefact = in_memory(b"hello")

    with pytest.raises(Invalid, match="no archive"):
        cage.scan(Subject(), artefact)


def test_a_kit_that_cannot_be_loaded_is_said():
    with Cage("tests.unit.scan.nowhere:DETECTORS") as broken, pytest.raises(Unavailable, match="cannot be started"):
        broken.start()


def test_nothing_is_left_running_when_a_cage_is_closed():
    with Cage("tests.unit.scan.looks:WORDS", Setup(LIMITS)) as built:
        built.start()
        worker, server = built.worker, built._forks._process.pid

    for _ in range(100):
        if not any(os.path.exists(f"/proc/{pid}") for pid in (worker, server)):
            break
        time.sleep(0.05)
    assert not any(os.path.exists(f"/proc/{pid}") for pid in (worker, server))


def test_all_our_detectors_work_in_the_cage():
    with Cage(setup=Setup(LIMITS)) as built:
        measures = {measure.name: measure for measure in built.start()}

    assert measures["every detector works in here"].holds, measures["every detector works in here"].note
