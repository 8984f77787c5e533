"""The running server's certificate: taken over when it changed and can be used, told about before it ends."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from pratique.cli import certificate_watch
from pratique.cli.certificate_copy import inherited
from pratique.cli.certificate_watch import CertificateWatch
from pratique.core.clock import DAY, HOUR, Instant
from pratique.core.errors import Invalid
from pratique.settings import Settings
from pratique.store.clocks import SystemClock
from pratique.web.certificates import read_certificate
from tests.harness.certificates import Authority

NAME = "packages.example.test"


class Ahead:
    """The machine's time, and a test's way to turn it."""

    def __init__(self) -> None:
        self.by = 0

    def now(self) -> Instant:
        return Instant(SystemClock().now() + self.by)


class Watched:
    """A certificate of thirty days and what its watch says."""

    def __init__(self, folder: Path) -> None:
        self.authority, self.clock, self.said = Authority(folder), Ahead(), []
        chain, key = self.authority.certify(NAME, ends=timedelta(days=30))
        self.settings = msgspec.structs.replace(
            Settings(), tls_certificate=str(chain), tls_key=str(key), public_urls=(f"https://{NAME}",)
        )
        self.watch = CertificateWatch(self.settings, self.clock, self.said.append)


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_what_has_not_changed_is_not_taken_over(watched: Watched) -> None:
    assert not watched.watch.look()
    assert not watched.watch.look()
    assert watched.said == []


def test_a_new_certificate_is_taken_over_once_its_files_have_settled(watched: Watched) -> None:
    watched.authority.certify(NAME, ends=timedelta(days=90))
    assert not watched.watch.look(), "it was changed just now; the other file may follow"
    assert watched.watch.look()
    assert not watched.watch.look(), "once"
    assert len(watched.said) == 1
    assert watched.said[0].startswith(f"TLS certificate for {NAME}, valid until 20")


def test_a_new_certificate_without_its_key_is_told_once_and_taken_over_when_the_key_follows(watched: Watched) -> None:
    chain, key = watched.authority.certify(NAME, into="fresh")
    Path(watched.settings.tls_certificate).write_bytes(chain.read_bytes())
    assert [watched.watch.look() for _ in range(4)] == [False] * 4
    assert len(watched.said) == 1
    assert "stays the one from before" in watched.said[0]
    assert "is not the key of the certificate" in watched.said[0]

    Path(watched.settings.tls_key).write_bytes(key.read_bytes())
    assert [watched.watch.look() for _ in range(3)] == [False, True, False]


def test_asking_for_it_takes_it_over_at_once(watched: Watched) -> None:
    watched.authority.certify(NAME)
    assert watched.watch.take_over()
    assert not watched.watch.look()


def test_the_last_two_weeks_are_told_once_a_day(watched: Watched) -> None:
    watched.clock.by = 17 * DAY
    watched.watch.look()
    watched.watch.look()
    watched.clock.by += 23 * HOUR
    watched.watch.look()
    watched.clock.by = 40 * DAY
    watched.watch.look()
    assert ["ends in 12 days" in watched.said[0], "has expired, and clients refuse it" in watched.said[1]] == [True] * 2
    assert len(watched.said) == 2


def test_an_expired_certificate_is_not_begun_with(watched: Watched) -> None:
    watched.clock.by = 31 * DAY
    with pytest.raises(Invalid, match="expired "):
        CertificateWatch(watched.settings, watched.clock, watched.said.append)


def test_a_name_that_the_certificate_is_not_for_and_an_open_key_are_told(watched: Watched) -> None:
    Path(watched.settings.tls_key).chmod(0o644)
    urls = ("https://other.example.test", f"https://{NAME}")
    settings = msgspec.structs.replace(watched.settings, public_urls=urls)
    told = "\n".join(CertificateWatch(settings, watched.clock, print).remarks())
    assert "it is not for other.example.test: clients that come by that name will refuse it" in told
    assert "everybody on this machine can read its key" in told


def test_a_certificate_that_is_for_no_public_url_is_neither_begun_with_nor_taken_over(watched: Watched) -> None:
    settings = msgspec.structs.replace(watched.settings, public_urls=("https://other.example.test",))
    with pytest.raises(Invalid, match=f"is for {NAME}, and clients come by other.example.test: every one would"):
        CertificateWatch(settings, watched.clock, watched.said.append)

    watched.authority.certify("other.example.test")
    assert not watched.watch.take_over()
    assert "stays the one from before" in watched.said[0]


def test_behind_a_proxy_the_certificate_may_be_for_any_name(watched: Watched) -> None:
    urls = ("https://other.example.test",)
    settings = msgspec.structs.replace(watched.settings, public_urls=urls, behind_proxy=True)

    assert "is not for" not in "\n".join(CertificateWatch(settings, watched.clock, print).remarks())


def test_what_was_good_last_is_there_for_processes_that_start_after_its_files_went_bad(watched: Watched) -> None:
    held = watched.watch.copy.descriptor
    assert held is not None
    before = names_in(held)

    Path(watched.settings.tls_key).write_text("spoilt")
    assert not watched.watch.take_over()
    assert names_in(held) == before == (NAME,)

    watched.authority.certify(NAME, "more.example.test")
    assert watched.watch.take_over()
    assert names_in(held) == (NAME, "more.example.test")


def names_in(descriptor: int) -> tuple[str, ...]:
    return read_certificate(inherited(descriptor)).names


async def test_the_processes_are_told_when_there_is_a_new_one(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificate_watch, "LOOK_EVERY", 0.01)
    told = asyncio.Event()
    running = asyncio.create_task(watched.watch.run(told.set))
    watched.authority.certify(NAME)
    async with asyncio.timeout(30):
        await told.wait()
    running.cancel()
