"""Private and reserved names: outsiders learn nothing, members get the sentence, the upstream is never asked."""

from __future__ import annotations

from pratique.core.actors import OPERATOR
from pratique.services.names.reservations import Reserve, reserve
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
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
    assert registry.asked == []


async def test_of_two_reservations_of_one_name_the_more_exact_one_gives_its_reason(site: Site, client: Speaker) -> None:
    await reserve(site.ports, Reserve(ecosystem=client.ecosystem, pattern="acme-*", reason="the company's"), OPERATOR)
    await reserve(site.ports, Reserve(ecosystem=client.ecosystem, pattern="acme-core", reason="team Core"), OPERATOR)

    core = await client.listing(site, "acme-core", site.token)
    other = await client.listing(site, "acme-web", site.token)

    assert "is reserved for own projects (team Core)" in core.reason
    assert "is reserved for own projects (the company's)" in other.reason
