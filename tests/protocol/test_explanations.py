"""The page behind a refusal's address says what the refusal said."""

from __future__ import annotations

import pytest

from pratique.core.actors import OPERATOR, ActorKind
from pratique.core.decisions import EntryKind
from pratique.services.explain import Explanation, explain, stored
from pratique.services.list_entries import AddEntry, add_entry
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.speakers import Speaker


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
    assert "pin exactly this version" in later.next_step
    assert (await site.get(client.path("left", "1.0.1"), site.token)).status == 200
