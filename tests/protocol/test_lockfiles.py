"""What would become of a lockfile, told before anything is installed."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from packageurl.contrib.purl2url import get_download_url

from pratique.core.actors import NOBODY, OPERATOR, ActorKind
from pratique.core.decisions import EntryKind
from pratique.core.errors import Invalid, TooLarge, Unauthorised
from pratique.core.lockfiles import MAX_APART, MAX_ENTRIES
from pratique.services.governing.list_entries import AddEntry, add_entry
from pratique.services.installing.check_lockfile import CheckLockfile, LockfileChecked, Verdict, check_lockfile
from pratique.services.names.reservations import Reserve, reserve
from tests.harness.packages import npm_integrity
from tests.harness.plain_registry import PlainRegistry, Release
from tests.harness.server import Answer
from tests.harness.site import Site, running_site
from tests.protocol.cargo_speaker import CargoSpeaker
from tests.protocol.speakers import SPEAKERS, Speaker

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
    settings = f'[repositories.main.upstreams]\ncargo = ["{site.url}/main/cargo/index"]\n'

    async with running_site(tmp_path / "front", settings) as front:
        await CARGO.listing(front, "left")
        await add_entry(site.ports, AddEntry(EntryKind.DENY, purl, action="deny", reason="superseded"), OPERATOR)
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
    with pytest.raises(Invalid, match="pins 5001 releases, at most 5000 are looked at"):
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
    with pytest.raises(Invalid, match=r"there are: Cargo\.lock, Pipfile\.lock, bun\.lock"):
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


class Locks(NamedTuple):
    """How one ecosystem's lock pins a release, at an address below some server."""

    filename: str
    speaker: Speaker
    write: Callable[[str, str, Release | str], str]


def package_lock(base: str, name: str, release: Release | str) -> str:
    version, integrity = (
        (release, "") if isinstance(release, str) else (release.version, npm_integrity(release.content))
    )
    entry = {"version": version, "resolved": f"{base}/npm/{name}/-/{name}-{version}.tgz", "integrity": integrity}
    return json.dumps({"packages": {f"node_modules/{name}": entry}})


def yarn_lock(base: str, name: str, release: Release | str) -> str:
    entry = next(iter(json.loads(package_lock(base, name, release))["packages"].values()))
    integrity = f"  integrity {entry['integrity']}\n" if entry["integrity"] else ""
    return f'{name}@^1:\n  version "{entry["version"]}"\n  resolved "{entry["resolved"]}"\n{integrity}'


def uv_lock(base: str, name: str, release: Release | str) -> str:
    version = release if isinstance(release, str) else release.version
    filename = f"{name}-{version}-py3-none-any.whl"
    digest = "" if isinstance(release, str) else f', hash = "sha256:{hashlib.sha256(release.content).hexdigest()}"'
    return (
        f'version = 1\n[[package]]\nname = "{name}"\nversion = "{version}"\n'
        f'source = {{ registry = "{base}/pypi/simple" }}\n'
        f'wheels = [{{ url = "{base}/pypi/files/{name}/{filename}"{digest} }}]\n'
    )


def requirements(base: str, name: str, release: Release | str) -> str:
    version = release if isinstance(release, str) else release.version
    digest = "" if isinstance(release, str) else f" --hash=sha256:{hashlib.sha256(release.content).hexdigest()}"
    return f"-i {base}/pypi/simple\n{name}=={version}{digest}\n"


NPM, PYPI = (next(one for one in SPEAKERS if one.ecosystem == wanted) for wanted in ("npm", "pypi"))
LOCKS = (
    Locks("package-lock.json", NPM, package_lock),
    Locks("yarn.lock", NPM, yarn_lock),
    Locks("uv.lock", PYPI, uv_lock),
    Locks("requirements.txt", PYPI, requirements),
)


async def verdicts(site: Site, locks: Locks, name: str, release: Release | str, base: str = "") -> list[Verdict]:
    content = locks.write(base or f"{site.ports.public_url}/main", name, release)
    found = await check_lockfile(site.ports, CheckLockfile(locks.filename, content), OPERATOR)
    assert found.pins == 1
    return [one.verdict for one in found.wrong]


@pytest.fixture(params=LOCKS, ids=lambda one: one.filename)
def locks(request: pytest.FixtureRequest) -> Locks:
    return request.param


async def test_every_lockfile_is_judged_as_its_clients_download_would_be(
    site: Site, registry: PlainRegistry, locks: Locks
) -> None:
    good = locks.speaker.released(registry, "left", "1.0.0")
    young = locks.speaker.released(registry, "left", "1.0.1", days=1 / 24)

    assert await verdicts(site, locks, "left", good) == []
    assert await verdicts(site, locks, "left", young) == [Verdict.REFUSED]
    assert await verdicts(site, locks, "left", replace(young, version="1.0.0")) == [Verdict.OTHER_BYTES]
    assert await verdicts(site, locks, "left", "1.0.0") == []
    assert await verdicts(site, locks, "left", "9.9.9") == [Verdict.UNKNOWN]
    assert await verdicts(site, locks, "never-there", "1.0.0") == [Verdict.UNKNOWN]
    assert registry.downloads(good.filename) == 0


async def test_what_is_fetched_elsewhere_goes_round_and_nobody_hears_of_its_name(
    site: Site, registry: PlainRegistry, locks: Locks
) -> None:
    content = locks.write("https://user:secret@packages.example.test/main", "private-there", "1.0.0")

    found = await check_lockfile(site.ports, CheckLockfile(locks.filename, content), OPERATOR)

    assert (found.pins, found.elsewhere, found.wrong) == (0, 1, ())
    assert [(one.origin, one.entries) for one in found.goes_round] == [("https://packages.example.test", 1)]
    assert found.goes_round[0].examples == ("private-there@1.0.0",)
    assert found.mend
    assert b"secret" not in msgspec.json.encode(found)
    assert not any("private-there" in path for path in registry.asked)


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("yarn.lock", 'left@file:x:\n  version "1.0.0"\n  resolved "https://u:secret@evil.example.test/left.tgz"\n'),
        ("requirements.txt", "left @ https://u:secret@evil.example.test/left.whl\n"),
    ],
    ids=["npm", "pypi"],
)
async def test_what_is_no_registrys_goes_round_by_its_address(site: Site, filename: str, content: str) -> None:
    found = await check_lockfile(site.ports, CheckLockfile(filename, content), OPERATOR)

    assert (found.pins, found.not_from_registry) == (0, ("left (an address of its own)",))
    assert [(one.origin, one.examples) for one in found.goes_round] == [("https://evil.example.test", ("left",))]
    assert found.mend
    assert b"secret" not in msgspec.json.encode(found)


async def test_what_is_fetched_from_the_public_registry_goes_round_and_is_judged_as_well(
    site: Site, registry: PlainRegistry
) -> None:
    young = NPM.released(registry, "left", "1.0.1", days=1 / 24)
    public = get_download_url("pkg:npm/x@1").partition("/x/")[0]
    content = yarn_lock(public, "left", young).replace(f"{public}/npm/", f"{public}/")

    found = await check_lockfile(site.ports, CheckLockfile("yarn.lock", content), OPERATOR)

    assert (found.pins, found.elsewhere, [one.verdict for one in found.wrong]) == (1, 0, [Verdict.REFUSED])
    assert [one.entries for one in found.goes_round] == [1]


async def test_an_address_of_another_file_here_is_no_pin_of_this_one(site: Site, registry: PlainRegistry) -> None:
    release = NPM.released(registry, "left", "1.0.0")
    content = yarn_lock(f"{site.ports.public_url}/main", "left", release).replace("/left/-/", "/evil/-/")

    (wrong,) = (await check_lockfile(site.ports, CheckLockfile("yarn.lock", content), OPERATOR)).wrong

    assert (wrong.purl, wrong.verdict) == ("pkg:npm/left@1.0.0", Verdict.OTHER_ADDRESS)
    assert not any("evil" in path for path in registry.asked)


async def test_a_release_pinned_without_files_installs_if_one_of_its_files_does(
    site: Site, registry: PlainRegistry
) -> None:
    held = PYPI.released(registry, "right", "1.0", days=1 / 24)
    source = replace(
        held, filename="right-1.0.tar.gz", content=b"source", published=held.published - timedelta(days=90)
    )
    registry.releases["pypi", "right"].append(source)
    PYPI.released(registry, "left", "1.0", days=1 / 24)

    assert await verdicts(site, LOCKS[3], "left", "1.0.0") == [Verdict.REFUSED]
    assert await verdicts(site, LOCKS[3], "right", "1.0.0") == []
    assert await verdicts(site, LOCKS[3], "right", replace(source, version="1.0.0")) == []
    assert await verdicts(site, LOCKS[3], "right", replace(held, version="1.0.0")) == [Verdict.REFUSED]


async def test_what_is_wrong_with_many_files_of_a_release_is_said_once(site: Site, registry: PlainRegistry) -> None:
    one = uv_lock(f"{site.ports.public_url}/main", "left", "1.0.0")
    other = one.partition("[[package]]")[2].replace("py3-none", "py2-none")

    request = CheckLockfile("uv.lock", f"{one}[[package]]{other}")
    (wrong,) = (await check_lockfile(site.ports, request, OPERATOR)).wrong

    assert (wrong.purl, wrong.verdict, wrong.files) == ("pkg:pypi/left@1.0.0", Verdict.UNKNOWN, 2)


async def test_lines_that_pin_one_release_are_one_question_with_the_checksums_of_all(
    site: Site, registry: PlainRegistry
) -> None:
    release = PYPI.released(registry, "left", "1.0")
    sums = [hashlib.sha256(release.content).hexdigest(), *(f"{number:064x}" for number in range(20_000))]
    lines = [f"left==1.0 --hash=sha256:{one}\n" for one in sums]

    async def check(some: list[str]) -> LockfileChecked:
        return await check_lockfile(site.ports, CheckLockfile("requirements.txt", "".join(some)), OPERATOR)

    good, bad = await check(lines), await check(lines[1:])

    assert (good.pins, good.wrong) == (1, ())
    assert [(one.verdict, one.files) for one in bad.wrong] == [(Verdict.OTHER_BYTES, 1)]


async def test_more_entries_than_a_lockfile_has_are_refused_before_anyone_is_asked(
    site: Site, registry: PlainRegistry
) -> None:
    many = [f"left==1.0 --hash=sha1:{number:040x}\n" for number in range(MAX_ENTRIES + 1)]
    apart = json.dumps({"packages": {f"sub{number}": {} for number in range(MAX_APART + 1)}})

    with pytest.raises(TooLarge, match=f"more than {MAX_ENTRIES} entries"):
        await check_lockfile(site.ports, CheckLockfile("requirements.txt", "".join(many)), OPERATOR)
    with pytest.raises(TooLarge, match=f"at most {MAX_APART} are read"):
        await check_lockfile(site.ports, CheckLockfile("package-lock.json", apart), OPERATOR)

    assert registry.asked == []


async def test_of_nobody_no_lockfile_is_even_read(site: Site) -> None:
    answer = await site.ask("POST", "/api/v1/check", data=BytesIO(b"no JSON"), Content_Type="application/json")

    assert answer.status == 401
    assert "this needs a credential" in answer.text
