"""A listing that takes long to render says what is true when it is given, not when it was begun."""

from __future__ import annotations

from typing import Any

import pytest

from pratique.core.actors import OPERATOR
from pratique.core.decisions import EntryKind
from pratique.services.governing.list_entries import AddEntry, add_entry
from pratique.services.installing import list_project
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.conftest import ON_SQLITE
from tests.protocol.speakers import NpmSpeaker

NPM = NpmSpeaker("full", "application/json")


@pytest.fixture
async def ending(site: Site, registry: PlainRegistry) -> None:
    """Of two releases that are allowed one is for an hour only."""
    for version, expires_in in (("1.0.0", None), ("1.0.1", "1h")):
        NPM.released(registry, "left", version)
        entry = AddEntry(EntryKind.ALLOW, f"pkg:npm/left@{version}", reason="looked at", expires_in=expires_in)
        await add_entry(site.ports, entry, OPERATOR)


def let_pass_while_rendering(monkeypatch: pytest.MonkeyPatch, site: Site, hours: list[int]) -> list[int]:
    """Turn the clock after each rendering, and tell how many there were."""
    real, renderings = list_project.render, []

    def slow(*given: Any) -> Any:
        made = real(*given)
        renderings.append(hours[len(renderings)])
        site.clock.set(f"+{renderings[-1]}h")
        return made

    monkeypatch.setattr(list_project, "render", slow)
    return renderings


@ON_SQLITE
@pytest.mark.usefixtures("ending")
async def test_what_was_allowed_until_a_moment_ago_is_not_in_it(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    assert NPM.offered(await NPM.listing(site, "left")) == ["1.0.0", "1.0.1"]
    renderings = let_pass_while_rendering(monkeypatch, site, [2, 2, 2])

    agent = await NPM.listing(site, "left", site.agent)

    assert (agent.status, NPM.offered(agent)) == (200, ["1.0.0"])
    assert renderings == [2, 2]


@ON_SQLITE
@pytest.mark.usefixtures("ending")
async def test_time_that_changes_nothing_costs_no_second_rendering(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.clock.set("+3h")
    renderings = let_pass_while_rendering(monkeypatch, site, [5])

    assert NPM.offered(await NPM.listing(site, "left")) == ["1.0.0"]
    assert renderings == [5]
