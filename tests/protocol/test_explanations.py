"""The page behind a refusal's address says what the refusal said."""

from __future__ import annotations

from pathlib import Path

import pytest

from pratique.core.actors import OPERATOR, ActorKind
from pratique.core.decisions import EntryKind, Mode
from pratique.services.governing.explain import Explanation, explain, stored
from pratique.services.governing.list_entries import AddEntry, add_entry
from pratique.services.governing.rule_settings import SetRule, set_rule
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site, running_site
from tests.protocol.speakers import Speaker
from tests.protocol.test_chains import behind
from tests.protocol.test_every_rule import asked_too_early
from tests.protocol.test_fixes import PYPI, advised, served_and_fixed


@pytest.fixture
async def young_and_old_fashioned(site: Site, registry: PlainRegistry, client: Speaker) -> str:
    """The purl of a release that cooldown holds for another quarter of an hour, and that a list hides all the time."""
    client.released(registry, "left", "1.0.0")
    client.released(registry, "left", "1.0.1", days=47.75 / 24)
    purl = f"pkg:{client.ecosystem}/left@1.0.1"
    await add_entry(site.ports, AddEntry(EntryKind.DENY, purl, action="hide", reason="superseded"), OPERATOR)
    return purl


async def explained(site: Site, purl: str) -> Explanation:
    (one,) = (await explain(site.ports, "main", purl, ActorKind.USER, OPERATOR)).explanations
    return one


async def test_once_a_hold_has_become_a_hide_the_page_of_the_same_decision_says_hide(
    site: Site, client: Speaker, young_and_old_fashioned: str
) -> None:
    refused = await site.get(client.path("left", "1.0.1"), site.token)
    assert (refused.status, refused.json()["rule"]) == (403, "cooldown")
    page = await stored(site.ports, refused.json()["decision_id"], OPERATOR)
    assert page.action == "hold"

    site.clock.set("+30m")
    await client.listing(site, "left", site.token)

    later = await stored(site.ports, page.id, OPERATOR)
    now = await explained(site, young_and_old_fashioned)
    assert now.id == page.id, "facts are instants: the question is the same, the answer is another"
    assert (later.action, later.votes) == (now.action, now.votes)
    assert now.action == "hide"
    assert "keep the lockfile that pins exactly this version" in later.next_step
    assert (await site.get(client.path("left", "1.0.1"), site.token)).status == 200


async def test_the_page_of_a_refusal_says_what_the_client_was_told(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    client.released(registry, "left", "1.0.1", days=1 / 24)

    refused = await site.get(client.path("left", "1.0.1"), site.token)
    page = await stored(site.ports, refused.json()["decision_id"], OPERATOR)

    assert page.sentence == refused.json()["error"]
    assert "; allowed: 1.0.0;" in page.sentence
    assert page.allowed == ("1.0.0",)
    assert page.next_step.startswith("take 1.0.0, or ")


async def test_what_is_hidden_is_not_called_blocked_because_pins_of_it_are_served(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    client.released(registry, "left", "1.0.1")
    entry = AddEntry(kind=EntryKind.DENY, purl=f"pkg:{client.ecosystem}/left@1.0.1", action="hide", reason="old")
    await add_entry(site.ports, entry, OPERATOR)

    listing = await client.listing(site, "left", site.token)
    (why,) = (await explain(site.ports, "main", entry.purl, ActorKind.USER, OPERATOR)).explanations

    assert why.sentence.startswith("Not offered by policy denylist: left@1.0.1 ")
    assert "; allowed: 1.0.0; pins of it are served; see " in why.sentence
    assert "Blocked" not in client.told(listing)
    assert "do not retry" not in client.told(listing)
    assert (await site.get(client.path("left", "1.0.1"), site.token)).status == 200


async def test_a_release_that_passes_early_is_called_allowed_and_has_no_page(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    await served_and_fixed(site, registry, client)
    await advised(site, client, {"GHSA-1": 1})
    watching = SetRule(rule="similar_name", mode=Mode.OFF)  # its trial would note that left is like peft
    await set_rule(site.ports, watching, OPERATOR)

    page = await explained(site, f"pkg:{client.ecosystem}/left@1.0.1")

    assert (page.action, page.url) == ("allow", "")
    assert page.sentence == "Allowed by policy cooldown: left@1.0.1 fixes GHSA-1 and so passes the cooldown early"
    assert page.next_step == "nothing to do: it installs"


async def test_a_warning_is_explained_in_the_words_that_the_client_was_told(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    await asked_too_early(site, registry, client)

    file = await site.get(client.path("left", "1.0.0"), site.token)
    page = await explained(site, f"pkg:{client.ecosystem}/left@1.0.0")

    assert (page.action, page.next_step) == ("warn", "nothing to do: it installs")
    assert page.sentence.startswith("Warning by policy agent_new_name: left@1.0.0 was asked for")
    told = file.headers.get("npm-notice", page.sentence)
    assert told.partition("; see ")[0] == page.sentence.partition("; see ")[0]
    assert await stored(site.ports, page.id, OPERATOR)


async def test_what_a_server_behind_hides_is_not_said_to_install(
    site: Site, registry: PlainRegistry, client: Speaker, tmp_path: Path
) -> None:
    client.released(registry, "left", "1.0.0")
    client.released(registry, "left", "1.0.1")
    purl = f"pkg:{client.ecosystem}/left@1.0.1"
    await add_entry(site.ports, AddEntry(EntryKind.DENY, purl, action="hide", reason="superseded"), OPERATOR)

    async with running_site(tmp_path / "front", behind(site)) as front:
        found = await explain(front.ports, "main", purl, ActorKind.USER, OPERATOR)

    (page,) = found.explanations
    assert found.allowed_count == 0
    assert page.sentence.startswith("no rule objects to it, but its index has withdrawn it")
    assert page.next_step.startswith("take 1.0.0, or keep the lockfile that pins exactly this version")


async def test_a_file_that_a_server_behind_refuses_is_explained_with_its_sentence(
    site: Site, registry: PlainRegistry, tmp_path: Path
) -> None:
    PYPI.released(registry, "left", "1.0.0")
    PYPI.released(registry, "left", "1.0.1")
    await add_entry(site.ports, AddEntry(EntryKind.DENY, "pkg:pypi/left@1.0.1", reason="superseded"), OPERATOR)

    async with running_site(tmp_path / "front", behind(site)) as front:
        page = await explained(front, "pkg:pypi/left@1.0.1")

    assert page.sentence.startswith("Blocked by policy denylist: left@1.0.1")
    assert page.next_step == "take 1.0.0, or ask whoever runs the upstream that refuses it"
