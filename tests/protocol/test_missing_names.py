"""Names that nobody has: who asked for them is counted, and what appears under one later is held for agents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pratique.core.actors import OPERATOR, ActorKind
from pratique.core.decisions import EntryKind, Mode
from pratique.services.governing.list_entries import AddEntry, add_entry
from pratique.services.governing.rule_settings import SetRule, set_rule
from pratique.services.names.missing_names import ListMissingNames, MissingNameShown, list_missing_names
from pratique.services.names.reservations import Reserve, reserve
from tests.harness.plain_registry import PlainRegistry
from tests.harness.server import Answer
from tests.harness.site import Site, running_site
from tests.protocol.speakers import Speaker


async def missing(site: Site, **wanted: object) -> tuple[MissingNameShown, ...]:
    return (await list_missing_names(site.ports, ListMissingNames(**wanted), OPERATOR)).names  # type: ignore[arg-type]


async def enforced(site: Site) -> None:
    await set_rule(site.ports, SetRule(rule="agent_new_name", mode=Mode.ENFORCE), OPERATOR)


async def test_each_request_for_a_missing_name_is_counted_by_the_kind_of_actor(site: Site, client: Speaker) -> None:
    for token in (site.token, site.token, site.agent, None):
        await client.listing(site, "nobody-has-it", token)
    await site.get(client.path("nobody-has-it", "1.0.0"), site.admin)

    found = await missing(site, ecosystem=client.ecosystem)

    assert {(one.name, one.actor_kind, one.count, one.askers) for one in found} == {
        ("nobody-has-it", "user", 3, 2),
        ("nobody-has-it", "agent", 1, 1),
        ("nobody-has-it", "nobody", 1, 1),
    }
    assert await missing(site, actor_kind=ActorKind.CI) == ()
    assert {one.actor_kind for one in await missing(site, actor_kind=ActorKind.AGENT)} == {"agent"}


async def test_what_was_asked_for_long_ago_can_be_left_out(site: Site, client: Speaker) -> None:
    site.clock.set("2027-01-01T00:00:00Z")
    await client.listing(site, "once", site.token)
    site.clock.set("2027-01-10T00:00:00Z")
    await client.listing(site, "lately", site.token)

    assert [one.name for one in await missing(site, since="7d")] == ["lately"]
    assert {one.name for one in await missing(site, since="30d")} == {"lately", "once"}


async def test_a_name_beside_one_that_is_here_is_that_one_misspelt(site: Site, registry: PlainRegistry) -> None:
    from tests.protocol.cargo_speaker import CargoSpeaker

    crates = CargoSpeaker()
    await enforced(site)
    crates.released(registry, "left-pad", "1.0.0", days=1_000)
    await crates.listing(site, "left-pad", site.token)
    await crates.listing(site, "left_pad", site.token)

    assert await missing(site) == ()
    assert crates.offered(await crates.listing(site, "left-pad", site.agent)) == ["1.0.0"]


async def test_a_name_that_was_asked_for_and_is_published_next_day_is_held_for_agents_and_told_to_others(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    await enforced(site)
    site.clock.set("-2d")
    await client.listing(site, "invented", site.token)
    site.clock.set("+0s")
    client.released(registry, "invented", "1.0.0", days=1)

    listed = await client.listing(site, "invented", site.agent)
    pinned = await site.get(client.path("invented", "1.0.0"), site.agent)
    person = await site.get(client.path("invented", "1.0.0"), site.token)
    site.clock.set("+3d")
    later = await site.get(client.path("invented", "1.0.0"), site.token)

    for refused in (listed, pinned):
        assert refused.status == 403
        assert refused.reason.startswith("Blocked by policy agent_new_name: invented")
        assert "was asked for here before it existed" in refused.reason
    assert (person.status, "policy cooldown" in person.reason) == (403, True)
    assert (later.status, later.headers.get("npm-notice", "Warning")[:7]) == (200, "Warning")


async def test_a_name_that_existed_when_it_was_missed_is_no_trap(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    await enforced(site)
    await client.listing(site, "old-hand", site.token)
    client.released(registry, "old-hand", "1.0.0", days=400)

    assert client.offered(await client.listing(site, "old-hand", site.agent)) == ["1.0.0"]


@pytest.mark.parametrize("limit", ["0", "1001", "many", "-1"])
async def test_a_limit_that_cannot_be_is_told(site: Site, limit: str) -> None:
    answer = await site.get(f"/api/v1/names/missing?limit={limit}", site.admin)

    assert (answer.status, "limit" in answer.json()["error"]) == (400, True)


@pytest.mark.parametrize("query", ["ecosystem=gem", "since=yesterday", "actor_kind=robot", "repository=nope", "x=1"])
async def test_what_cannot_be_asked_is_told(site: Site, query: str) -> None:
    answer = await site.get(f"/api/v1/names/missing?{query}", site.admin)

    assert answer.status in (400, 404)
    assert answer.json()["error"]


async def test_the_history_of_missing_names_is_for_administrators(site: Site, client: Speaker) -> None:
    await client.listing(site, "acme-secret", site.token)

    answers = [await site.get("/api/v1/names/missing", token) for token in (None, site.token, site.agent)]

    assert [answer.status for answer in answers] == [401, 403, 403]
    assert not any("acme-secret" in answer.text for answer in answers)


KNOWN_AS = {
    "npm": ("@ember/service", "ember-source"),
    "pypi": ("rest-framework", "djangorestframework"),
    "cargo": ("std", "std is part of Rust"),
}


async def test_who_asks_for_a_module_in_place_of_its_package_is_told_its_name(site: Site, client: Speaker) -> None:
    name, known = KNOWN_AS[client.ecosystem]

    missing_here = await client.listing(site, name, site.token)

    assert missing_here.status == 404
    assert known in missing_here.reason
    assert missing_here.reason.startswith(f"{name} is not in the repository main, nor in any upstream of it (")


async def test_an_agent_is_refused_a_name_that_nobody_has_and_told_what_was_meant(site: Site, client: Speaker) -> None:
    name, known = KNOWN_AS[client.ecosystem]
    await enforced(site)

    file = await site.get(client.path(name, "1.0.0"), site.agent)
    unknown = await site.get(client.path("nobody-has-it", "1.0.0"), site.agent)
    person = await site.get(client.path("nobody-has-it", "1.0.0"), site.token)

    assert (file.status, unknown.status, person.status) == (403, 403, 404)
    assert file.reason.startswith(f"Blocked by policy agent_new_name: {name} does not exist (")
    assert known in file.reason
    assert "do not retry or substitute" in unknown.reason
    assert unknown.json()["rule"] == "agent_new_name"
    page = await site.get(f"/r/{unknown.json()['decision_id']}", site.admin)
    assert (page.status, "does not exist" in page.text) == (200, True)


async def test_a_private_name_looks_to_an_agent_like_one_that_nobody_has(site: Site, client: Speaker) -> None:
    await enforced(site)
    await client.upload(site, "secret", "1.0.0", site.admin)

    for path in (lambda name: client.path(name, "1.0.0"), lambda name: client.path(name, "2.0.0")):
        private = await site.get(path("secret"), site.agent)
        unknown = await site.get(path("nobody"), site.agent)
        assert private.status == unknown.status == 403
        told, other = private.json(), unknown.json()
        assert {**told, "decision_id": "", "request_approval_url": ""}.keys() == other.keys()
        assert told["error"].split("; see")[0] == other["error"].split("; see")[0].replace("nobody", "secret")


_MADE = re.compile(r"(?<=last made )[^.]*")


async def pages(site: Site, refused: Answer, name: str) -> list[tuple[int, str]]:
    """What different askers see behind the address that a refusal tells, with name, decision and time taken out."""
    decision = refused.json()["decision_id"]
    seen = [await site.get(f"/r/{decision}", token) for token in (site.agent, site.token, None, site.admin)]
    return [(one.status, _MADE.sub("", one.text.replace(decision, "ID").replace(name, "NAME"))) for one in seen]


@pytest.mark.parametrize("refused_by", ["agent_new_name", "denylist"])
async def test_the_page_of_a_refused_private_name_is_that_of_one_that_nobody_has(
    site: Site, client: Speaker, refused_by: str
) -> None:
    await client.upload(site, "secret", "1.0.0", site.admin)
    await reserve(site.ports, Reserve(ecosystem=client.ecosystem, pattern="acme-*"), OPERATOR)
    if refused_by == "denylist":
        await add_entry(site.ports, AddEntry(EntryKind.DENY, f"pkg:{client.ecosystem}/*", reason="ask first"), OPERATOR)
    else:
        options = {"treat_as_agent": ["nobody"]}
        await set_rule(site.ports, SetRule(rule="agent_new_name", mode=Mode.ENFORCE, options=options), OPERATOR)

    for token, hidden in ((site.agent, "secret"), (None, "secret"), (None, "acme-core")):
        refusals = {name: await site.get(client.path(name, "1.0.0"), token) for name in (hidden, "has-it-not")}
        assert {one.json()["rule"] for one in refusals.values()} == {refused_by}
        private, unknown = [await pages(site, refused, name) for name, refused in refusals.items()]
        assert private == unknown
        assert [status for status, _ in unknown] == [200] * 4


async def test_nothing_of_a_refusal_changes_when_the_name_becomes_a_private_one(site: Site, client: Speaker) -> None:
    await add_entry(site.ports, AddEntry(EntryKind.DENY, f"pkg:{client.ecosystem}/acme-*", reason="ask"), OPERATOR)

    before = await site.get(client.path("acme-core", "1.0.0"))
    await reserve(site.ports, Reserve(ecosystem=client.ecosystem, pattern="acme-core"), OPERATOR)
    after = await site.get(client.path("acme-core", "1.0.0"))

    assert (before.status, after.json()) == (403, before.json())
    assert (await site.get(f"/r/{before.json()['decision_id']}")).status == 200


async def test_a_decision_on_a_private_name_that_was_made_for_its_members_is_told_to_nobody_else(
    site: Site, client: Speaker
) -> None:
    await reserve(site.ports, Reserve(ecosystem=client.ecosystem, pattern="acme-*"), OPERATOR)
    entry = AddEntry(EntryKind.DENY, f"pkg:{client.ecosystem}/acme-core", reason="ask first")
    await add_entry(site.ports, entry, OPERATOR)

    member = (await site.get(client.path("acme-core", "1.0.0"), site.token)).json()["decision_id"]
    outsider = (await site.get(client.path("acme-core", "1.0.0"))).json()["decision_id"]

    assert member != outsider
    assert [(await site.get(f"/r/{member}", token)).status for token in (site.token, None)] == [200, 404]
    assert (await site.get(f"/r/{outsider}")).status == 200


async def test_a_granted_name_that_does_not_exist_yet_is_a_404(site: Site, client: Speaker) -> None:
    await enforced(site)
    purl = f"pkg:{client.ecosystem}/soon-ours"
    await add_entry(site.ports, AddEntry(kind=EntryKind.GRANT, purl=purl, reason="we write it"), OPERATOR)

    assert (await client.listing(site, "soon-ours", site.agent)).status == 404


async def test_names_that_agents_ask_for_in_vain_count_against_the_limit_of_missing_ones(
    tmp_path: Path, registry: PlainRegistry
) -> None:
    async with running_site(tmp_path, registry.settings + "\n[limits]\nmissing = 3\n") as site:
        await enforced(site)
        answers = [await site.get(f"/main/npm/nobody-{number}", site.agent) for number in range(6)]

    assert [answer.status for answer in answers] == [403, 403, 403, 429, 429, 429]


async def test_python_clients_are_led_to_a_file_whose_refusal_they_show(site: Site, speaker: Speaker) -> None:
    await enforced(site)
    if speaker.ecosystem != "pypi":
        assert (await speaker.listing(site, "nobody-has-it", site.agent)).status == 403
        return

    page = await speaker.listing(site, "nobody-has-it", site.agent)
    file = await site.get(speaker.path("nobody-has-it", "9999"), site.agent)
    head = await site.ask("HEAD", speaker.path("nobody-has-it", "9999"), site.agent)
    server = await speaker.listing(site, "nobody-has-it", site.agent, Via="1.1 pratique-0123456789abcdef")
    person = await speaker.listing(site, "nobody-has-it", site.token)

    assert (page.status, page.headers["Cache-Control"]) == (200, "no-store")
    assert speaker.offered(page) == ["9999"]
    assert (file.status, head.status, server.status, person.status) == (403, 403, 403, 404)
    assert "nobody-has-it does not exist" in file.reason


async def test_a_private_listing_looks_to_an_agent_like_one_that_nobody_has(site: Site, speaker: Speaker) -> None:
    await enforced(site)
    await speaker.upload(site, "secret", "1.0.0", site.admin)

    private = await speaker.listing(site, "secret", site.agent)
    unknown = await speaker.listing(site, "nobody", site.agent)

    assert private.status == unknown.status
    assert private.headers.keys() == unknown.headers.keys()
    assert len(private.text) - len(unknown.text) in range(-40, 40)
    assert "1.0.0" not in private.text
