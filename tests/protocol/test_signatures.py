"""Own npm releases are signed once, with a key that may be replaced; upstreams' keys stand beside ours."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Connection, delete
from structlog.testing import capture_logs

from pratique.app import prepare
from pratique.core.clock import from_iso
from pratique.core.errors import Conflict, Invalid
from pratique.services.publishing.signing_keys import adopt_signing_key
from pratique.settings import load_settings
from pratique.settings.folder import DataFolder
from pratique.store.schema import signature
from pratique.trust.signing import Signer, new_signing_key
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site, running_site
from tests.protocol.speakers import SPEAKERS

NPM = SPEAKERS[0]
KEYS = "/main/npm/-/npm/v1/keys"


async def published(site: Site, version: str = "1.0.0") -> dict[str, Any]:
    assert (await NPM.upload(site, "ours", version, site.token)).status == 201
    return await dist(site, version)


async def dist(site: Site, version: str = "1.0.0") -> dict[str, Any]:
    return dict((await NPM.listing(site, "ours", site.token)).json()["versions"][version]["dist"])


async def keys(site: Site) -> dict[str, dict[str, Any]]:
    return {one["keyid"]: one for one in (await site.get(KEYS)).json()["keys"]}


def verify(text: str, one: dict[str, str], known: dict[str, dict[str, Any]]) -> None:
    """As pacote does it: the key by its id, ECDSA over P-256, SHA-256, base64 of DER."""
    public = serialization.load_der_public_key(base64.b64decode(known[one["keyid"]]["key"]))
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(base64.b64decode(one["sig"]), text.encode(), ec.ECDSA(hashes.SHA256()))


async def test_a_release_is_signed_when_it_is_published_and_verifies_with_the_key_that_is_shown(site: Site) -> None:
    made = await published(site)

    (one,) = made["signatures"]
    known = await keys(site)
    verify(f"ours@1.0.0:{made['integrity']}", one, known)
    with pytest.raises(InvalidSignature):
        verify(f"ours@1.0.1:{made['integrity']}", one, known)
    assert known[one["keyid"]] == {
        "expires": None,
        "keyid": one["keyid"],
        "keytype": "ecdsa-sha2-nistp256",
        "scheme": "ecdsa-sha2-nistp256",
        "key": known[one["keyid"]]["key"],
    }
    assert await dist(site) == made


async def test_a_release_of_before_there_was_a_key_is_signed_when_it_is_listed_and_then_once(site: Site) -> None:
    await published(site)

    def forget(connection: Connection) -> None:
        connection.execute(delete(signature))

    await site.ports.db.write(forget)
    first = await published(site, "1.0.1"), await dist(site, "1.0.0")
    second = await dist(site, "1.0.1"), await dist(site, "1.0.0")

    assert first == second
    verify(f"ours@1.0.0:{first[1]['integrity']}", first[1]["signatures"][0], await keys(site))


async def test_a_new_key_takes_over_and_the_old_one_stays_for_what_it_signed(site: Site) -> None:
    old = (await published(site))["signatures"][0]
    site.clock.set("+1d")
    _replace_key(site)
    new = (await published(site, "1.0.1"))["signatures"][0]

    known = await keys(site)
    assert new["keyid"] != old["keyid"]
    assert known[new["keyid"]]["expires"] is None
    document = (await NPM.listing(site, "ours", site.token)).json()
    assert from_iso(document["time"]["1.0.0"]) < from_iso(known[old["keyid"]]["expires"])
    for version, one in (("1.0.0", old), ("1.0.1", new)):
        made = document["versions"][version]["dist"]
        assert made["signatures"] == [one]
        verify(f"ours@{version}:{made['integrity']}", one, known)


async def test_a_process_with_the_key_of_before_signs_nothing_and_does_not_start_again(site: Site) -> None:
    newer = Signer(site.data / "newer.pem")
    newer.path.write_bytes(new_signing_key())
    await site.ports.db.write(adopt_signing_key, newer, site.ports.clock.now())

    assert "signatures" not in await published(site)
    with pytest.raises(Conflict, match="was replaced on"):
        _started_again(site)


async def test_a_key_that_cannot_be_read_is_told_once_however_many_files_wait_for_it(site: Site) -> None:
    signer = site.ports.signer
    path, content = signer.path, signer.path.read_bytes()
    vars(signer).clear()
    signer.path = path
    path.unlink()

    with capture_logs() as logged:
        for version in ("1.0.0", "1.0.1"):
            assert "signatures" not in await published(site, version)

    assert [one["event"] for one in logged].count("files are not signed") == 1
    path.write_bytes(content)
    assert (await published(site, "1.0.2"))["signatures"]


@pytest.mark.parametrize(("later", "again"), [(0.0, False), (59.9, False), (60.0, True)])
def test_once_a_minute_it_is_told_again(tmp_path: Path, later: float, again: bool) -> None:
    signer = Signer(tmp_path / "none.pem")

    assert signer.may_complain(1_000.0)
    assert signer.may_complain(1_000.0 + later) is again


def _replace_key(site: Site) -> None:
    path = site.ports.signer.path
    path.unlink()
    _started_again(site)
    vars(site.ports.signer).clear()  # as in a new process
    site.ports.signer.path = path


def _started_again(site: Site) -> None:
    folder = DataFolder(site.data)
    prepare(folder, load_settings(folder.settings_file, {}))


@pytest.mark.parametrize("content", [None, b"", b"no key", b"wrong curve"], ids=["none", "empty", "text", "curve"])
def test_a_file_without_a_key_for_npm_stops_the_start_with_a_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "key.pem"
    if content == b"wrong curve":
        content = ec.generate_private_key(ec.SECP384R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(Invalid, match="openssl"):
        Signer(path).public  # noqa: B018


async def test_the_key_of_a_setting_signs_and_must_be_there(tmp_path: Path) -> None:
    path, elsewhere = tmp_path / "key.pem", Signer(tmp_path / "key.pem")
    settings = f'signing_key = "{path}"\n[repositories.main.upstreams]\n'
    with pytest.raises(Invalid, match="openssl"):
        async with running_site(tmp_path / "without", settings):
            pass
    path.write_bytes(new_signing_key())

    async with running_site(tmp_path / "with", settings) as site:
        assert (await published(site))["signatures"][0]["keyid"] == elsewhere.key_id


async def test_the_keys_of_an_upstream_stand_beside_ours_and_never_in_place_of_one(tmp_path: Path) -> None:
    async with running_site(tmp_path / "theirs", "[repositories.main.upstreams]\n") as theirs:
        _replace_key(theirs)  # it began with a copy of our key, and tells of it as expired
        settings = f'[repositories.main.upstreams]\nnpm = ["{theirs.url}/main/npm"]\n'
        async with running_site(tmp_path / "ours", settings) as ours:
            (mine,), (other,) = (await published(ours))["signatures"], (await published(theirs))["signatures"]
            told, known = await keys(theirs), await keys(ours)

    assert told[mine["keyid"]]["expires"] is not None
    assert [(key, one["expires"]) for key, one in known.items()] == [(mine["keyid"], None), (other["keyid"], None)]


async def test_an_upstream_without_keys_takes_nothing_from_ours(site: Site, registry: PlainRegistry) -> None:
    assert len(await keys(site)) == 1
    asked = len(registry.asked)
    assert len(await keys(site)) == 1
    assert len(registry.asked) == asked  # for a minute it is not asked again
