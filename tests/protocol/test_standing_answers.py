"""A listing given a second time costs no look-up, and says nothing that has ceased to be true."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from pratique.core.actors import OPERATOR
from pratique.core.clock import HOUR, Instant
from pratique.core.decisions import EntryKind
from pratique.core.errors import Unavailable
from pratique.services.accounts.tokens import ListTokens, RevokeToken, list_tokens, revoke_token
from pratique.services.governing.exposure import exposure
from pratique.services.governing.list_entries import AddEntry, add_entry
from pratique.services.governing.revoke import revoke, unrevoke
from pratique.services.governing.waive import waive
from pratique.services.installing import list_project
from pratique.services.judging.knowledge import Knowledge
from pratique.services.ports import Ports
from pratique.services.publishing.membership import SetMember, set_member
from pratique.store.revisions import bump
from pratique.trust.permissions import Role
from tests.harness.plain_registry import PlainRegistry
from tests.harness.server import Answer
from tests.harness.site import Site, running_site
from tests.protocol.cargo_speaker import CargoSpeaker
from tests.protocol.speakers import Speaker
from tests.protocol.test_chains import behind

PATIENT = '\n[upstream]\nfresh_for = "1 h"\nstale_for = "2 h"\nmissing_for = "0 s"\nretry_after = "0 s"\n'


@pytest.fixture
async def site(tmp_path: Path, registry: PlainRegistry) -> AsyncIterator[Site]:
    async with running_site(tmp_path, registry.settings, PATIENT) as running:
        yield running


async def looked_up(site: Site, ask: Callable[[], Any]) -> tuple[Any, list[str]]:
    """What was answered, and the names of the functions that read the database for it."""
    reads: list[str] = []
    usual = site.ports.db.read

    async def counting(fn: Any, *args: Any, **kwargs: Any) -> Any:
        reads.append(fn.__name__)
        return await usual(fn, *args, **kwargs)

    site.ports.db.read = counting  # type: ignore[method-assign]
    try:
        return await ask(), reads
    finally:
        del site.ports.db.read  # type: ignore[attr-defined]


async def test_the_same_question_is_answered_again_without_reading_the_project(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    speaker.released(registry, "left", "1.0.0")
    await speaker.listing(site, "left", site.token)  # the first one is news: the project is here now
    first = await speaker.listing(site, "left", site.token)

    again, reads = await looked_up(site, lambda: speaker.listing(site, "left", site.token))

    assert again.body == first.body
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "read_knowledge" not in reads


async def test_whoever_has_it_is_told_that_it_has_not_changed(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    speaker.released(registry, "left", "1.0.0")
    first = await speaker.listing(site, "left")

    again = await speaker.listing(site, "left", None, If_None_Match=first.headers["ETag"])

    assert (again.status, again.body) == (304, b"")


async def test_a_revocation_and_its_end_are_seen_by_the_next_who_asks(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    for version in ("1.0.0", "1.0.1"):
        speaker.released(registry, "left", version)
    purl = f"pkg:{speaker.ecosystem}/left@1.0.1"
    assert speaker.offered(await speaker.listing(site, "left")) == ["1.0.0", "1.0.1"]

    await revoke(site.ports, "main", purl, None, "stolen account", OPERATOR)
    assert "1.0.1" not in speaker.offered(await speaker.listing(site, "left"))

    await unrevoke(site.ports, "main", purl, None, OPERATOR)
    assert speaker.offered(await speaker.listing(site, "left")) == ["1.0.0", "1.0.1"]


async def test_a_denied_name_is_refused_at_once(site: Site, registry: PlainRegistry, speaker: Speaker) -> None:
    speaker.released(registry, "left", "1.0.0")
    assert (await speaker.listing(site, "left", site.token)).status == 200

    entry = AddEntry(purl=f"pkg:{speaker.ecosystem}/left", kind=EntryKind.DENY, reason="not here")
    await add_entry(site.ports, entry, OPERATOR)

    assert (await speaker.listing(site, "left", site.token)).status == 403


async def test_a_token_that_has_ended_gets_nothing_more(site: Site, registry: PlainRegistry, speaker: Speaker) -> None:
    speaker.released(registry, "left", "1.0.0")
    assert (await speaker.listing(site, "left", site.token)).status == 200

    shown = await list_tokens(site.ports, ListTokens(user="ann"), OPERATOR)
    await revoke_token(site.ports, RevokeToken(next(one.id for one in shown.tokens if one.kind == "user")), OPERATOR)

    assert (await speaker.listing(site, "left", site.token)).status == 401


async def test_a_token_that_expires_ends_though_nothing_was_written(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    assert (await client.listing(site, "left", site.agent)).status == 200

    site.clock.set("+25h")

    assert (await client.listing(site, "left", site.agent)).status == 401


async def test_a_private_project_stays_unseen_by_others_who_ask_the_same(site: Site, speaker: Speaker) -> None:
    await speaker.upload(site, "mine", "1.0.0", site.admin)
    assert (await speaker.listing(site, "mine", site.admin)).status == 200

    assert (await speaker.listing(site, "mine", site.token)).status == 404
    assert (await speaker.listing(site, "mine")).status == 404


async def test_who_is_no_member_any_more_sees_it_no_more(site: Site, client: Speaker) -> None:
    purl = f"pkg:{client.ecosystem}/mine"
    await client.upload(site, "mine", "1.0.0", site.admin)
    await set_member(site.ports, SetMember(purl=purl, user="ann", role=Role.READER), OPERATOR)
    assert (await client.listing(site, "mine", site.token)).status == 200

    await set_member(site.ports, SetMember(purl=purl, user="ann", role=None), OPERATOR)

    assert (await client.listing(site, "mine", site.token)).status == 404


async def test_what_was_too_young_is_offered_when_its_time_comes_and_not_when_the_clock_is_turned_back(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    speaker.released(registry, "left", "1.0.0")
    speaker.released(registry, "left", "1.0.1", days=1.99)
    assert "1.0.1" not in speaker.offered(await speaker.listing(site, "left"))

    site.clock.set("+30min")
    assert "1.0.1" in speaker.offered(await speaker.listing(site, "left"))

    site.clock.set("+0s")
    assert "1.0.1" not in speaker.offered(await speaker.listing(site, "left"))


async def test_an_upstreams_news_are_seen_when_its_document_is_no_longer_believed(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    await client.listing(site, "left")
    client.released(registry, "left", "1.0.1")
    assert client.offered(await client.listing(site, "left")) == ["1.0.0"]

    site.clock.set("+3h")
    await client.listing(site, "left")  # seen here for the first time: it is held for two days
    site.clock.set("+60h")

    assert client.offered(await client.listing(site, "left")) == ["1.0.0", "1.0.1"]


async def test_who_asks_in_another_form_gets_that_form(site: Site, registry: PlainRegistry, client: Speaker) -> None:
    client.released(registry, "left", "1.0.0")
    packed = await client.listing(site, "left", Accept_Encoding="gzip")
    plain = await client.listing(site, "left", Accept_Encoding="identity")

    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Content-Encoding" not in plain.headers


async def fetched(site: Site, client: Speaker, token: str | None = None, **headers: str) -> Answer:
    return await site.get(client.path("left", "1.0.0"), token, **headers)


async def test_stored_bytes_are_given_again_without_deciding_anew_and_recorded_each_time(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    first = await fetched(site, client, site.token)
    second = await fetched(site, client, site.token)

    again, reads = await looked_up(site, lambda: fetched(site, client, site.token))

    assert first.body == second.body == again.body
    assert "read_knowledge" not in reads
    await site.ports.downloads.flush()
    seen = await exposure(site.ports, "main", f"pkg:{client.ecosystem}/left@1.0.0", OPERATOR)
    assert len(seen.downloads) == 3


async def test_a_part_of_stored_bytes_is_given_again(site: Site, registry: PlainRegistry, client: Speaker) -> None:
    client.released(registry, "left", "1.0.0")
    whole = [await fetched(site, client) for _ in range(3)][-1]

    part = await fetched(site, client, None, Range="bytes=2-5")

    assert (part.status, part.body) == (206, whole.body[2:6])


async def test_revoked_bytes_are_refused_to_the_next_who_asks(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    assert [(await fetched(site, client)).status for _ in range(3)] == [200] * 3

    await revoke(site.ports, "main", f"pkg:{client.ecosystem}/left@1.0.0", None, "stolen account", OPERATOR)

    refused = await fetched(site, client)
    assert refused.status == 403
    assert "revoked" in refused.reason


async def test_whose_token_has_ended_gets_no_bytes(site: Site, registry: PlainRegistry, client: Speaker) -> None:
    client.released(registry, "left", "1.0.0")
    assert [(await fetched(site, client, site.agent)).status for _ in range(3)] == [200] * 3

    site.clock.set("+25h")

    assert (await fetched(site, client, site.agent)).status == 401


async def test_bytes_of_a_private_project_are_for_members_though_others_ask_the_same(
    site: Site, client: Speaker
) -> None:
    await client.upload(site, "mine", "1.0.0", site.admin)
    path = client.path("mine", "1.0.0")
    assert [(await site.get(path, site.admin)).status for _ in range(3)] == [200] * 3

    assert [(await site.get(path, who)).status for who in (site.token, site.agent, None)] == [404] * 3


async def test_bytes_let_through_by_a_waiver_are_held_again_when_it_ends(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0", days=0.5)
    end = Instant(site.ports.clock.now() + HOUR)
    await waive(site.ports, "main", f"pkg:{client.ecosystem}/left@1.0.0", "cooldown", "needed", OPERATOR, expires=end)
    assert [(await fetched(site, client)).status for _ in range(3)] == [200] * 3

    site.clock.set("+2h")

    assert (await fetched(site, client)).status == 403


@pytest.mark.parametrize("harm", [lambda blob: blob.unlink(), lambda blob: blob.write_bytes(b"short")])
async def test_bytes_that_are_missing_or_damaged_on_disk_are_not_given_again(
    site: Site, registry: PlainRegistry, client: Speaker, harm: Callable[[Path], Any]
) -> None:
    client.released(registry, "left", "1.0.0")
    whole = [await fetched(site, client) for _ in range(3)][-1]

    blob = next(path for path in (site.data / "blobs").rglob("*") if path.is_file())
    harm(blob)

    assert (await fetched(site, client)).body == whole.body  # fetched anew


async def test_a_database_that_cannot_be_read_gives_out_nothing(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    assert [(await fetched(site, client)).status for _ in range(3)] == [200] * 3

    async def cut_off(*_args: Any, **_kwargs: Any) -> Any:
        raise Unavailable("the database cannot be read")

    site.ports.db.read = cut_off  # type: ignore[method-assign]
    try:
        assert (await fetched(site, client)).status == 503
    finally:
        del site.ports.db.read  # type: ignore[attr-defined]


async def test_a_project_that_an_upstream_begins_to_refuse_is_refused_to_who_had_it_before(
    site: Site, registry: PlainRegistry, client: Speaker, tmp_path: Path
) -> None:
    for version in ("1.0.0", "1.0.1"):
        client.released(registry, "left", version)
    async with running_site(tmp_path / "front", behind(site), PATIENT) as front:
        path = client.path("left", "1.0.0")
        assert [(await front.get(path)).status for _ in range(3)] == [200] * 3
        assert [(await client.listing(front, "left")).status for _ in range(3)] == [200] * 3

        await revoke(site.ports, "main", f"pkg:{client.ecosystem}/left", None, "stolen account", OPERATOR)
        front.clock.set("+20s")  # a document younger than this is believed when it lacks a file
        await front.get(client.path("left", "9.9.9"))  # whoever asks for more than is held has the upstream asked

        assert (await client.listing(front, "left")).status == 403
        assert (await front.get(path)).status == 403


async def test_a_crate_whose_twin_becomes_ours_is_nobodys_to_who_had_it_before(
    site: Site, registry: PlainRegistry
) -> None:
    cargo = CargoSpeaker()
    cargo.released(registry, "foo_bar", "1.0.0")
    path = cargo.path("foo_bar", "1.0.0")
    assert [(await site.get(path, site.admin)).status for _ in range(3)] == [200] * 3
    assert [(await cargo.listing(site, "foo_bar", site.admin)).status for _ in range(3)] == [200] * 3

    await waive(site.ports, "main", "pkg:cargo/foo-bar", "shadows_public", "it is ours", OPERATOR)
    assert (await cargo.upload(site, "foo-bar", "2.0.0", site.admin)).status == 200

    assert (await cargo.listing(site, "foo_bar", site.admin)).status == 404
    assert (await site.get(path, site.admin)).status == 404


async def test_who_renders_longer_than_a_revocation_takes_gives_nobody_the_old_listing(
    site: Site, registry: PlainRegistry, client: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("1.0.0", "1.0.1"):
        client.released(registry, "left", version)
    await client.listing(site, "left")
    late, revoked = asyncio.Event(), asyncio.Event()
    is_current = list_project.is_current

    async def slow(ports: Ports, known: Knowledge) -> bool:
        current = await is_current(ports, known)
        if not late.is_set():
            late.set()
            await revoked.wait()
        return current

    monkeypatch.setattr(list_project, "is_current", slow)
    await site.ports.db.write(bump, 1, None)  # nothing that was rendered before holds
    slow_one = asyncio.create_task(client.listing(site, "left", None, Accept_Encoding="gzip"))
    await late.wait()
    await revoke(site.ports, "main", f"pkg:{client.ecosystem}/left@1.0.1", None, "stolen account", OPERATOR)
    quick = await client.listing(site, "left", None, Accept_Encoding="gzip, deflate")
    revoked.set()
    await slow_one

    again = await client.listing(site, "left", None, Accept_Encoding="gzip, deflate")

    assert client.offered(quick) == client.offered(again) == ["1.0.0"]
