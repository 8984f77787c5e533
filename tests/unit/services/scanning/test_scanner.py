"""One scanner for all processes of a node: started at first need, shared, replaced when it is gone, ended when idle."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import msgspec
import pytest

from pratique.core.errors import Invalid, Unavailable
from pratique.core.scans import Verdict
from pratique.scan.cage.confine import CageLimits
from pratique.scan.cage.setup import Setup
from pratique.scan.report import UNFINISHED, Subject
from pratique.scan.shared.turns import Hurry
from pratique.services.scanning.scanner import Scanner, read_only
from pratique.store.blobs_file import FileBlobs
from tests.arch.house import ROOT
from tests.unit.formats.archives import tar_gz

SUBJECT = Subject("npm", "left", "1.0.0")
LOOKS = "tests.unit.scan.looks:MISBEHAVING"
MAIN = "from tests.unit.services.scanning.scan_with_looks import main; main()"


class InMemory:
    """Bytes that lie in no file."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    @property
    def size(self) -> int:
        return len(self._content)

    def read_at(self, offset: int, length: int) -> bytes:
        return self._content[offset : offset + length]


def package(content: bytes) -> InMemory:
    return InMemory(tar_gz(("package/package.json", b"{}"), ("package/index.js", content)))


@contextmanager
def importable_tests() -> Iterator[None]:
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *([before] if before else [])])
    try:
        yield
    finally:
        os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)


@asynccontextmanager
async def scanner(folder: Path, idle: float = 60, patience: float = 600) -> AsyncIterator[Scanner]:
    limits = CageLimits(memory=512 << 20, processor=1, patience=20)
    setup = msgspec.json.encode(Setup(limits)).decode()
    with importable_tests():
        one = Scanner(folder, (sys.executable, "-c", MAIN, LOOKS, str(idle), setup), patience)
        try:
            yield one
        finally:
            await one.close()


async def until_gone(pid: int) -> None:
    async with asyncio.timeout(300):
        while Path(f"/proc/{pid}/stat").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text():
            await asyncio.sleep(0.05)


async def test_all_processes_of_a_node_share_one_scanner_which_ends_with_the_last_of_them(tmp_path: Path) -> None:
    async with scanner(tmp_path) as one:
        assert await one.state() is None, "nothing is started before there is something to scan"
        async with scanner(tmp_path) as other:
            reports = await asyncio.gather(
                one.scan(SUBJECT, package(b"HARM")), other.scan(SUBJECT, package(b"fine"), hurry=Hurry.INSTALL)
            )
            state, same = await one.state(), await other.state()

        assert [report.verdict for report in reports] == [Verdict.REVIEW, Verdict.CLEAR]
        assert state is not None
        assert same is not None
        assert (state.pid, state.scanned) == (same.pid, 2)
        assert [measure.name for measure in state.measures]
        assert (await one.scan(SUBJECT, package(b"fine"))).verdict is Verdict.CLEAR
    await until_gone(state.pid)
    assert not list(tmp_path.glob("*.sock"))


async def test_what_breaks_the_scanner_is_for_review_and_whoever_comes_after_has_a_report(tmp_path: Path) -> None:
    async with scanner(tmp_path) as one:
        broken = await one.scan(SUBJECT, package(b"CRASH"))
        state = await one.state()
        assert state is not None
        os.kill(state.pid, signal.SIGKILL)
        after = await one.scan(SUBJECT, package(b"HARM"))
        another = await one.state()

    assert [finding.detector for finding in broken.findings] == [UNFINISHED]
    assert after.verdict is Verdict.REVIEW
    assert another is not None
    assert another.pid != state.pid


async def test_an_idle_scanner_ends_and_the_next_artefact_starts_another(tmp_path: Path) -> None:
    async with scanner(tmp_path, idle=1) as one:
        await one.scan(SUBJECT, package(b"fine"))
        state = await one.state()
        if state is not None:
            await until_gone(state.pid)

        assert (await one.scan(SUBJECT, package(b"HARM"))).verdict is Verdict.REVIEW


async def test_who_asks_for_the_same_at_the_same_time_waits_for_the_same_scan(tmp_path: Path) -> None:
    async with scanner(tmp_path) as one:
        waiting = [one.scan(SUBJECT, package(b"HARM"), key="same") for _ in range(5)]
        reports = await asyncio.gather(*waiting, one.scan(SUBJECT, package(b"fine"), key="other"))
        state = await one.state()

    assert [report.verdict for report in reports] == [*[Verdict.REVIEW] * 5, Verdict.CLEAR]
    assert state is not None
    assert state.scanned < 6


async def test_what_is_no_package_is_refused_with_a_sentence(tmp_path: Path) -> None:
    async with scanner(tmp_path) as one:
        with pytest.raises(Invalid, match="nothing in it tells which ecosystem it is of"):
            await one.scan(Subject(), InMemory(tar_gz(("README", b"hello"))))


async def test_who_waits_while_the_server_stops_is_told_so(tmp_path: Path) -> None:
    async with scanner(tmp_path) as one:
        await one.scan(SUBJECT, package(b"fine"))
        waiting = asyncio.create_task(one.scan(SUBJECT, package(b"HANG")))
        while (state := await one.state()) is None or not state.waiting:
            await asyncio.sleep(0.01)
        await one.close()

        with pytest.raises(Unavailable, match="being stopped"):
            await waiting


async def test_a_scanner_that_cannot_be_started_is_said_so(tmp_path: Path) -> None:
    one = Scanner(tmp_path, ("/no/such/program",), 1.0)

    with pytest.raises(Unavailable, match="the scanner cannot be started"):
        await one.scan(SUBJECT, package(b"fine"))
    await one.close()


async def test_a_data_folder_with_a_long_path_has_a_scanner_too(tmp_path: Path) -> None:
    folder = tmp_path / ("deep" * 40)
    folder.mkdir()
    async with scanner(folder) as one:
        assert (await one.scan(SUBJECT, package(b"HARM"))).verdict is Verdict.REVIEW


def test_the_scanner_is_given_descriptors_that_it_cannot_write_by(tmp_path: Path) -> None:
    draft = FileBlobs(tmp_path).draft()
    draft.write(b"content")
    blob = FileBlobs(tmp_path).open(draft.keep().sha256)

    for one in (draft, blob, InMemory(b"content")):
        descriptor = read_only(one)
        assert os.pread(descriptor, 100, 0) == b"content"
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.write(descriptor, b"changed")
        os.close(descriptor)
    draft.discard()
    blob.close()
