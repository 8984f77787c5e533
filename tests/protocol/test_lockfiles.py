"""What would become of a lockfile, told before anything is installed."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from pratique.core.actors import NOBODY, OPERATOR, ActorKind
from pratique.core.decisions import EntryKind
from pratique.core.errors import Invalid, TooLarge, Unauthorised
from pratique.services.governing.list_entries import AddEntry, add_entry
from pratique.services.governing.reservations import Reserve, reserve
from pratique.services.installing.check_lockfile import CheckLockfile, LockfileChecked, Verdict, check_lockfile
from tests.harness.plain_registry import PlainRegistry, Release
from tests.harness.server import Answer
from tests.harness.site import Site, running_site
from tests.protocol.cargo_speaker import CargoSpeaker

CARGO = CargoSpeaker()
SOURCE = "registry+https://github.com/rust-lang/crates.io-index"


def pin(name: str, version: str, checksum: str, source: str = SOURCE) -> str:
    return f'[[package]]\nname = "{name}"\nversion = "{version}"\nsource = "{source}"\nchecksum = "{checksum}"\n\n'


def pinned(name: str, release: Release) -> str:
    return pin(name, release.version, hashlib.sha256(release.content).hexdigest())


async def checked(site: Site, *pins: str, as_kind: ActorKind = ActorKind.USER) -> LockfileChecked:
    mine = '[[package]]\nname = "mine"\nversion = "0.1.0"\n\n'
    request = CheckLockfile("Cargo.lock", "version = 4\n\n" + mine + "".join(pins), as_kind)
    return await check_lockfile(site.ports, request, OPERATOR)


async def test_pins_that_install_are_only_counted(site: Site, registry: PlainRegistry) -> None:
    left, right = CARGO.released(registry, "left", "1.0.0"), CARGO.released(registry, "right", "2.0.0")

    found = await checked(site, pinned("left", left), pinned("right", right))

    assert (found.ecosystem, found.pins, found.wrong) == ("cargo", 2, ())
    assert registry.downloads(left.filename) == 0


async def test_names_from_other_registries_are_counted_and_nobody_hears_of_them(
    site: Site, registry: PlainRegistry
) -> None:
    elsewhere = "sparse+https://crates.example.test/index/"

    found = await checked(site, pin("private-there", "1.0.0", "0" * 64, elsewhere))

    assert (found.pins, found.wrong, found.elsewhere) == (0, (), 1)
    assert not any("private-there" in path for path in registry.asked)


@pytest.mark.parametrize("index", ["index", "members/index"])
async def test_pins_of_this_servers_own_index_are_looked_at(site: Site, registry: PlainRegistry, index: str) -> None:
    found = await checked(site, pin("left", "1.0.0", "0" * 64, f"sparse+{site.ports.public_url}/main/cargo/{index}/"))

    assert [one.verdict for one in found.wrong] == [Verdict.UNKNOWN]


async def test_a_refused_pin_is_told_in_the_sentence_that_cargo_would_print(
    site: Site, registry: PlainRegistry
) -> None:
    CARGO.released(registry, "left", "1.0.0")
    young = CARGO.released(registry, "left", "1.0.1", days=1 / 24)

    (wrong,) = (await checked(site, pinned("left", young))).wrong

    told = (await site.get(CARGO.path("left", "1.0.1"))).json()["error"]
    assert (wrong.purl, wrong.verdict) == ("pkg:cargo/left@1.0.1", Verdict.REFUSED)
    assert wrong.sentence.partition("; see ")[0] == told.partition("; see ")[0]


async def test_a_pin_on_other_bytes_one_on_nothing_and_a_reserved_name_are_told_apart(
    site: Site, registry: PlainRegistry
) -> None:
    CARGO.released(registry, "left", "1.0.0")
    await reserve(site.ports, Reserve(ecosystem="cargo", pattern="acme-*", reason="ours"), OPERATOR)

    wrong = (
        await checked(
            site,
            pin("left", "1.0.0", "0" * 64),
            pin("left", "9.9.9", "0" * 64),
            pin("never-there", "1.0.0", "0" * 64),
            pin("acme-x", "1.0.0", "0" * 64),
        )
    ).wrong

    assert {one.purl: one.verdict for one in wrong} == {
        "pkg:cargo/left@1.0.0": Verdict.OTHER_BYTES,
        "pkg:cargo/left@9.9.9": Verdict.UNKNOWN,
        "pkg:cargo/never-there@1.0.0": Verdict.UNKNOWN,
        "pkg:cargo/acme-x@1.0.0": Verdict.REFUSED,
    }


@pytest.mark.parametrize("purl", ["pkg:cargo/left@1.0.1", "pkg:cargo/left"])
async def test_what_a_server_behind_refuses_is_refused_in_its_words(
    site: Site, registry: PlainRegistry, tmp_path: Path, purl: str
) -> None:
    CARGO.released(registry, "left", "1.0.0")
    refused = CARGO.released(registry, "left", "1.0.1")
    await add_entry(site.ports, AddEntry(EntryKind.DENY, purl, action="deny", reason="superseded"), OPERATOR)
    settings = f'[repositories.main.upstreams]\ncargo = ["{site.url}/main/cargo/index"]\n'

    async with running_site(tmp_path / "front", settings) as front:
        (wrong,) = (await checked(front, pinned("left", refused))).wrong
        told = await front.get(CARGO.path("left", "1.0.1"))

    assert (wrong.purl, wrong.verdict, told.status) == ("pkg:cargo/left@1.0.1", Verdict.REFUSED, 403)
    assert "superseded" in wrong.sentence
    assert wrong.sentence == told.json()["error"]


async def test_nobody_in_particular_has_nothing_checked(site: Site, registry: PlainRegistry) -> None:
    request = CheckLockfile("Cargo.lock", pin("left", "1.0.0", "0" * 64))

    with pytest.raises(Unauthorised, match="needs a credential"):
        await check_lockfile(site.ports, request, NOBODY)

    assert registry.asked == []


async def test_more_pins_than_are_looked_at_are_refused_before_anyone_is_asked(
    site: Site, registry: PlainRegistry
) -> None:
    with pytest.raises(Invalid, match="pins 5001 files, at most 5000 are looked at"):
        await checked(site, *(pin(f"c{number}", "1.0.0", "0" * 64) for number in range(5_001)))

    assert registry.asked == []


@pytest.mark.parametrize("wrapped", [str, '"{}"'.format], ids=["plain", "escaped"])
async def test_a_lockfile_of_one_mebibyte_is_read_over_http_and_a_longer_one_is_refused_as_here(
    site: Site, wrapped: Callable[[str], str]
) -> None:
    line = f"# {wrapped('x' * 10)}\n"
    longest = (line * ((1 << 20) // len(line) + 1))[: 1 << 20]

    async def over_http(content: str) -> Answer:
        sent = BytesIO(json.dumps({"filename": "Cargo.lock", "content": content}).encode())
        return await site.ask("POST", "/api/v1/check", site.token, data=sent, Content_Type="application/json")

    good, bad = await over_http(longest), await over_http(longest + "#")
    with pytest.raises(TooLarge) as here:
        await check_lockfile(site.ports, CheckLockfile("Cargo.lock", longest + "#"), OPERATOR)

    assert (good.status, good.json()["pins"]) == (200, 0)
    assert (bad.status, str(here.value)) == (413, "Cargo.lock has 1048577 bytes; at most 1048576 are read")
    assert str(here.value) in bad.text


@pytest.mark.parametrize("filename", ["package.json", "cargo.lock", "", "../Cargo.lock"])
async def test_a_file_that_is_no_lockfile_is_told_which_there_are(site: Site, filename: str) -> None:
    with pytest.raises(Invalid, match=r"there are: Cargo\.lock"):
        await check_lockfile(site.ports, CheckLockfile(filename, ""), OPERATOR)


async def test_lockfiles_are_read_beside_the_loop(site: Site) -> None:
    """What takes the parser long keeps nobody's installs waiting: the loop turns while it is read."""
    longest = "x = [\n" + " 1,\n" * 70_000 + "]\n"
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    turning = asyncio.create_task(turn())
    found = await check_lockfile(site.ports, CheckLockfile("Cargo.lock", longest), OPERATOR)
    turning.cancel()

    assert found.pins == 0
    assert turns > 100


async def test_nonsense_in_a_lockfile_is_a_sentence(site: Site) -> None:
    with pytest.raises(Invalid):
        await check_lockfile(site.ports, CheckLockfile("Cargo.lock", "= ="), OPERATOR)
