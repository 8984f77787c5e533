"""Artefacts are scanned, and what is found counts at once, on every node."""

from __future__ import annotations

import hashlib

import pytest

from pratique.core.scans import Verdict
from pratique.services.scanning.scan_artefact import scan_stored
from pratique.store import events, scans
from pratique.store.scans import Artefact
from tests.harness import packages
from tests.harness.lookalike_packages import WORST, harmful, harmless
from tests.harness.site import Site
from tests.protocol.conftest import ON_SQLITE
from tests.protocol.speakers import NpmSpeaker, Speaker

NPM = NpmSpeaker("full", "application/json")


async def uploaded(site: Site, speaker: Speaker, version: str, content: bytes) -> Artefact:
    answer = await speaker.upload(site, "left", version, site.token, content=content)
    assert answer.status in (200, 201), answer.text
    filename = speaker.path("left", version).rpartition("/")[2]
    return Artefact(hashlib.sha256(content).hexdigest(), speaker.ecosystem, "left", version, filename)


async def test_a_stored_artefact_is_scanned_and_what_was_found_is_kept(site: Site, client: Speaker) -> None:
    good = await uploaded(site, client, "1.0.0", harmless(client.ecosystem, "left", "1.0.0"))
    bad = await uploaded(site, client, "1.0.1", harmful(client.ecosystem, "left", "1.0.1"))

    clear = await scan_stored(site.ports, good)
    found = await scan_stored(site.ports, bad)

    assert clear is not None
    assert clear.verdict is Verdict.CLEAR
    assert found is not None
    assert (found.verdict, found.detector) == (Verdict.QUARANTINE, WORST[client.ecosystem])
    kept = await site.ports.db.read(scans.find, bad.key, bad.sha256)
    assert kept is not None
    assert (kept.result, kept.previous) == (found, good.sha256)
    assert WORST[client.ecosystem] in kept.findings
    said = await site.ports.db.read(events.of_subject, bad.key.purl("1.0.1"), 10)
    assert {"scanned", "to_review"} <= {event.kind for event in said}


@ON_SQLITE
async def test_a_release_that_turns_bad_is_caught_by_what_is_new_in_it(site: Site) -> None:
    """The payload is none that anybody knows: a hook that runs a file of the package."""
    before = harmless_without_hook("1.0.0")
    after = harmless_without_hook("1.0.1", "node setup.js")
    first = await uploaded(site, NPM, "1.0.0", before)
    second = await uploaded(site, NPM, "1.0.1", after)
    await scan_stored(site.ports, first)

    found = await scan_stored(site.ports, second)

    assert found is not None
    assert found.verdict is not Verdict.CLEAR
    assert found.detector == "difference"


@ON_SQLITE
@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (2, 1, 0)], ids=["in turn", "the last first", "backwards"])
async def test_a_hook_is_new_until_a_release_with_it_is_cleared(site: Site, order: tuple[int, ...]) -> None:
    """Whoever publishes it twice, or at once, does not excuse the second by the first."""
    versions = ("1.0.0", "1.0.1", "1.0.2")
    stored = [
        await uploaded(site, NPM, version, harmless_without_hook(version, "node setup.js" if number else ""))
        for number, version in enumerate(versions)
    ]
    for number in order:
        await scan_stored(site.ports, stored[number])
    found = [await scan_stored(site.ports, one) for one in stored]

    assert [one is not None and one.verdict is not Verdict.CLEAR for one in found] == [False, True, True]
    assert found[2] is not None
    assert found[2].detector == "difference"


def harmless_without_hook(version: str, hook: str = "") -> bytes:
    scripts = {"scripts": {"preinstall": hook}} if hook else {}
    payload = "const os = require('os'); console.log(os.hostname());\n"
    return packages.npm_tarball("left", version, manifest=scripts, files={"setup.js": payload} if hook else {})


@ON_SQLITE
async def test_bytes_that_are_not_here_are_not_scanned(site: Site) -> None:
    assert await scan_stored(site.ports, Artefact("0" * 64, "npm", "left", "1.0.0", "left-1.0.0.tgz")) is None


@pytest.mark.parametrize("content", [b"", b"no archive"], ids=["empty", "text"])
@ON_SQLITE
async def test_an_artefact_that_cannot_be_read_is_one_that_the_scanner_could_not_finish(
    site: Site, content: bytes
) -> None:
    draft = site.ports.blobs.draft()
    draft.write(content)
    stored = draft.keep()
    draft.discard()

    found = await scan_stored(site.ports, Artefact(stored.sha256, "npm", "left", "1.0.0", "left-1.0.0.tgz"))

    assert found is not None
    assert found.verdict is not Verdict.CLEAR
