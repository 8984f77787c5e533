"""Private and reserved names: outsiders learn nothing, members get the sentence, the upstream is never asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from pratique.core.actors import OPERATOR
from pratique.services.names.reservations import Reserve, reserve
from tests.harness.plain_registry import PlainRegistry
from tests.harness.server import Answer
from tests.harness.site import Site, running_site
from tests.protocol.speakers import Speaker


async def test_a_private_project_looks_to_outsiders_like_one_that_does_not_exist(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    await speaker.upload(site, "secret", "1.0.0", site.admin)
    registry.asked.clear()

    private = await speaker.listing(site, "secret")
    missing = await speaker.listing(site, "nobody")
    other_member = await speaker.listing(site, "secret", site.token)

    assert private.status == missing.status == 404
    assert private.text == missing.text.replace("nobody", "secret")
    assert private.headers.keys() == missing.headers.keys()
    assert other_member.text == private.text
    assert (await site.get(speaker.path("secret", "1.0.0"))).status == 404
    assert not [path for path in registry.asked if "secret" in path]


async def test_a_reserved_name_is_never_asked_upstream_and_refused_to_members_with_the_sentence(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    speaker.released(registry, "acme-core", "9.0.0")
    await reserve(site.ports, Reserve(ecosystem=speaker.ecosystem, pattern="acme-*", reason="ours"), OPERATOR)

    outsider = await speaker.listing(site, "acme-core")
    member = await speaker.listing(site, "acme-core", site.token)
    file = await site.get(speaker.path("acme-core", "9.0.0"), site.token)

    assert outsider.status == 404
    assert "is not in the repository main" in outsider.text
    assert (member.status, file.status) == (403, 403)
    assert "Blocked by policy reserved_name: acme-core" in member.reason
    assert not [path for path in registry.asked if "acme" in path]
    assert len(registry.asked) == 1, "for the outsider, by another name"


AWAY = {
    "broken": Answer(500, "", {}, b"oops"),
    "closed": Answer(401, "", {}, b"who are you?"),
    "busy": Answer(429, "", {}, b"slowly"),
    "no registry at all": Answer(200, "", {"Content-Type": "text/plain"}, b"hello"),
    "refuses": Answer(403, "Blocked by policy denied_name: NAME is refused", {}, b"{}"),
}


@pytest.mark.parametrize("state", AWAY)
async def test_a_hidden_name_sounds_like_a_missing_one_whatever_the_upstream_says(
    site: Site, registry: PlainRegistry, client: Speaker, state: str
) -> None:
    await client.upload(site, "secret", "1.0.0", site.admin)
    await reserve(site.ports, Reserve(ecosystem=client.ecosystem, pattern="acme-*"), OPERATOR)
    registry.instead[f"/{client.ecosystem}/"] = AWAY[state]
    registry.asked.clear()

    for token in (None, site.token, site.agent):
        hidden = ("secret", "acme-core") if token is None else ("secret",)
        for name in hidden:
            heard = [await _heard(site, client, one, token) for one in (name, "nobody-has-it")]
            assert heard[0] == heard[1], (name, token)
    assert not [path for path in registry.asked if "secret" in path or "acme" in path]
    assert len(registry.asked) % 2 == 0, "as many questions for hidden names as for the missing one"


async def _heard(site: Site, client: Speaker, name: str, token: str | None) -> list[tuple[int, str]]:
    """What an outsider hears of listing, file and explanation, with the name taken out."""
    asked = (
        await client.listing(site, name, token),
        await site.get(client.path(name, "1.0.0"), token),
        await site.get(f"/api/v1/explain?purl=pkg:{client.ecosystem}/{name}", token),
    )
    return [(one.status, one.text.replace(name, "NAME")) for one in asked]


async def test_a_hidden_name_is_remembered_as_missing_for_as_long_as_a_missing_one(
    tmp_path: Path, registry: PlainRegistry, client: Speaker
) -> None:
    patience = '\n[upstream]\nmissing_for = "1 h"\n'
    async with running_site(tmp_path, registry.settings, patience) as site:
        await client.upload(site, "secret", "1.0.0", site.admin)
        registry.asked.clear()
        for name in ("secret", "nobody-has-it"):
            for _ in range(3):
                await client.listing(site, name, site.token)

    assert len(registry.asked) == 2


async def test_of_two_reservations_of_one_name_the_more_exact_one_gives_its_reason(site: Site, client: Speaker) -> None:
    await reserve(site.ports, Reserve(ecosystem=client.ecosystem, pattern="acme-*", reason="the company's"), OPERATOR)
    await reserve(site.ports, Reserve(ecosystem=client.ecosystem, pattern="acme-core", reason="team Core"), OPERATOR)

    core = await client.listing(site, "acme-core", site.token)
    other = await client.listing(site, "acme-web", site.token)

    assert "is reserved for own projects (team Core)" in core.reason
    assert "is reserved for own projects (the company's)" in other.reason
