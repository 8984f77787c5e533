"""Who may do what to a crate over cargo's web API, and what no crate may be: refused with a sentence, not stored."""

from __future__ import annotations

import io
import tarfile

import pytest

from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.services.accounts.accounts import AddUser, add_user
from pratique.services.publishing.membership import SetMember, set_member
from pratique.trust.permissions import Role
from tests.harness import crates
from tests.harness.site import Site, new_token
from tests.protocol.cargo_speaker import CargoSpeaker

CARGO = CargoSpeaker()
CRATE = "/main/cargo/api/v1/crates/{}"
EVERYTHING = frozenset({Operation.READ, Operation.PUBLISH, Operation.YANK, Operation.MEMBERS})
BOB = b'{"users": ["bob"]}'
VERBS = {
    "yank": ("DELETE", "/1.0.0/yank", None, {"maintainer": 200, "owner": 200}),
    "unyank": ("PUT", "/1.0.0/unyank", None, {"maintainer": 200, "owner": 200}),
    "owners": ("GET", "/owners", None, {"reader": 200, "maintainer": 200, "owner": 200}),
    "add": ("PUT", "/owners", BOB, {"owner": 200}),
    "remove": ("DELETE", "/owners", BOB, {"owner": 200}),
}


async def tokens(site: Site) -> dict[str, str | None]:
    """One for each standing towards `ours`; `narrow` is an owner's for other names."""
    await CARGO.upload(site, "ours", "1.0.0", site.token)
    for name in ("stranger", "reader", "maintainer", "bob"):
        await add_user(site.ports, AddUser(name=name), OPERATOR)
    for name, role in (("reader", Role.READER), ("maintainer", Role.MAINTAINER)):
        await set_member(site.ports, SetMember("pkg:cargo/ours", name, role), OPERATOR)
    people = {"stranger": "stranger", "reader": "reader", "maintainer": "maintainer", "owner": "ann", "admin": "alice"}
    made = {who: await new_token(site, user, ActorKind.USER, EVERYTHING) for who, user in people.items()}
    narrow = await new_token(site, "ann", ActorKind.CI, EVERYTHING - {Operation.MEMBERS}, names=("other-*",))
    return {"nobody": None, "narrow": narrow, **made}


@pytest.mark.parametrize("verb", VERBS)
async def test_each_verb_is_for_whom_it_should_be_and_betrays_no_private_name(site: Site, verb: str) -> None:
    method, path, body, allowed = VERBS[verb]

    for who, token in (await tokens(site)).items():
        if verb == "remove":
            await set_member(site.ports, SetMember("pkg:cargo/ours", "bob", Role.READER), OPERATOR)
        ours, none = [await site.ask(method, CRATE.format(name) + path, token, data=body) for name in ("ours", "none")]
        expected = 200 if who == "admin" else allowed.get(who)
        assert (ours.status == 200) is (expected == 200), (who, ours.status, ours.text)
        assert 400 <= none.status < 500, (who, none.text)
        if expected is None:
            assert ours.status in (401, 403, 404), (who, ours.text)
            assert ours.json()["errors"][0]["detail"]
        if who in ("nobody", "stranger"):
            assert (ours.status, ours.text.replace("ours", "none")) == (none.status, none.text), who


def _archive(*members: tuple[str, bytes, bytes], headers: dict[str, str] | None = None) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        for name, kind, content in members:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "../../etc/passwd" if kind == tarfile.SYMTYPE else ""
            entry.size, entry.pax_headers = len(content), headers or {}
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def _manifest(name: str = "ours", version: str = "1.0.0") -> bytes:
    return f'[package]\nname = "{name}"\nversion = "{version}"\n'.encode()


FILE, TOP = tarfile.REGTYPE, "ours-1.0.0"
SOUND = (f"{TOP}/Cargo.toml", FILE, _manifest())
NO_CRATES = {
    "two manifests": _archive(SOUND, SOUND),
    "two manifests in two cases": _archive(SOUND, (f"{TOP}/cargo.toml", FILE, _manifest())),
    "no manifest": _archive((f"{TOP}/src/lib.rs", FILE, b"")),
    "a link out": _archive(SOUND, (f"{TOP}/x", tarfile.SYMTYPE, b"")),
    "a path out": _archive(SOUND, (f"{TOP}/../x", FILE, b"")),
    "a dotted path": _archive((f"./{TOP}/Cargo.toml", FILE, _manifest())),
    "files in two cases": _archive(SOUND, (f"{TOP}/a.rs", FILE, b""), (f"{TOP}/A.rs", FILE, b"")),
    "another name": _archive((f"{TOP}/Cargo.toml", FILE, _manifest("yours"))),
    "another version": _archive((f"{TOP}/Cargo.toml", FILE, _manifest(version="1.0.1"))),
    "a sparse file": _archive(SOUND, (f"{TOP}/x", tarfile.GNUTYPE_SPARSE, b"")),
    "an oversized header": _archive(SOUND, headers={"comment": "x" * (2 << 20)}),
    "no archive": b"hello",
}


async def test_what_no_crate_may_be_is_refused_with_a_sentence_and_nothing_is_stored(site: Site) -> None:
    for what, content in NO_CRATES.items():
        answer = await CARGO.upload(site, "ours", "1.0.0", site.token, content=content)
        assert answer.status in (400, 413), (what, answer.status, answer.text)
        assert len(answer.json()["errors"][0]["detail"]) > 20, what
        assert answer.text.isprintable() or "\n" in answer.text, what
    bodies = [b"", b"\x02", b"\x00" * 8, b"\xff" * 16, crates.publish_body("ours", "1.0.0", b"x")[:-1]]
    for body in (*bodies, crates.publish_body("../ours", "1.0.0", b"x"), crates.publish_body("ours", "one", b"x")):
        answer = await CARGO.upload(site, "ours", "1.0.0", site.token, body=body or b" ")
        assert answer.status in (400, 413), (body[:20], answer.status, answer.text)
        assert answer.json()["errors"][0]["detail"]

    assert (await CARGO.listing(site, "ours", site.token)).status == 404
    assert not list((site.data / "tmp").glob("*"))
    assert not [one for one in (site.data / "blobs").rglob("*") if one.is_file()]
