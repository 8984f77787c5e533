"""Names that a feed calls invented: held for agents, told to others; a bad feed changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pratique.core.actors import OPERATOR
from pratique.core.decisions import Mode
from pratique.core.errors import BadUpstream
from pratique.services.governing.rule_settings import SetRule, set_rule
from pratique.services.names.name_feeds import ImportNameFeeds, import_each_feed, import_name_feeds
from tests.harness.plain_registry import PlainRegistry
from tests.harness.server import Answer
from tests.harness.site import Site, running_site
from tests.protocol.speakers import Speaker


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    path = tmp_path / "invented.txt"
    path.write_text("npm:invented\npypi:invented\ncargo:invented\nrubygems:invented\n")
    return path


@pytest.fixture
async def site(tmp_path: Path, registry: PlainRegistry, feed: Path) -> AsyncIterator[Site]:
    settings = f'\n[names]\nhallucinated = ["{feed}", "pypi={registry.url}/lists/bare.txt"]\n'
    async with running_site(tmp_path / "site", registry.settings + settings) as running:
        await set_rule(running.ports, SetRule(rule="agent_new_name", mode=Mode.ENFORCE), OPERATOR)
        yield running


async def test_a_name_of_a_feed_is_held_for_agents_before_anybody_is_asked(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "invented", "1.0.0", days=900)
    assert client.offered(await client.listing(site, "invented", site.agent)) == ["1.0.0"]
    await import_name_feeds(site.ports, ImportNameFeeds(), OPERATOR)
    registry.asked.clear()

    agent = await client.listing(site, "invented", site.agent)
    asked = list(registry.asked)
    person = await site.get(client.path("invented", "1.0.0"), site.token)

    assert (agent.status, asked) == (403, [])
    assert "agent_new_name: invented is a name that models invent" in agent.reason
    assert (person.status, person.headers.get("npm-notice", "Warning")[:7]) == (200, "Warning")


async def test_a_feed_that_is_bad_is_refused_whole_and_the_last_good_one_stays(site: Site, feed: Path) -> None:
    await import_name_feeds(site.ports, ImportNameFeeds(), OPERATOR)
    feed.write_text("npm:other\nnot a line\n")

    shown = (await import_name_feeds(site.ports, ImportNameFeeds(), OPERATOR)).feeds

    failed = next(one for one in shown if one.names)
    assert (failed.names, "line 2 of the list" in failed.why, failed.taken_in is not None) == (3, True, True)
    assert (await site.get("/main/npm/invented", site.agent)).reason.startswith("Blocked by policy agent_new_name")
    assert "does not exist" in (await site.get("/main/npm/other", site.agent)).reason
    with pytest.raises(BadUpstream, match="line 2 of the list"):
        await import_each_feed(site.ports, site.ports.name_feeds)


async def test_a_list_at_an_address_is_fetched_and_bare_names_belong_to_the_ecosystem_that_the_settings_say(
    site: Site, registry: PlainRegistry
) -> None:
    registry.instead["/lists/bare.txt"] = Answer(200, "OK", {}, b"Made_up\n")

    shown = (await import_name_feeds(site.ports, ImportNameFeeds(), OPERATOR)).feeds
    assert sorted(one.names for one in shown) == [1, 3]
    assert "models invent" in (await site.get("/main/pypi/simple/made-up/", site.agent)).reason

    registry.instead["/lists/bare.txt"] = Answer(500, "", {}, b"")
    shown = (await import_name_feeds(site.ports, ImportNameFeeds(), OPERATOR)).feeds
    assert sorted((one.names, one.failed is not None) for one in shown) == [(1, True), (3, False)]
    assert "models invent" in (await site.get("/main/pypi/simple/made-up/", site.agent)).reason


async def test_only_administrators_see_and_read_feeds(site: Site) -> None:
    for token, status in ((None, 401), (site.token, 403), (site.agent, 403), (site.admin, 200)):
        assert (await site.get("/api/v1/names/feeds", token)).status == status
        sent = await site.ask("POST", "/api/v1/names/import-feeds", token, data=b"{}", Content_Type="application/json")
        assert sent.status == status
