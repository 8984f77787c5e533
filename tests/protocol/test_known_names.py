"""What is known of names, and what upstreams hear of them: nothing of what is ours or looks private."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from pratique.core.actors import OPERATOR
from pratique.core.errors import Invalid, InvalidName
from pratique.services.names.known_names import LookUpNames, look_up_names
from pratique.services.names.reservations import ListReservations, Reserve, list_reservations, reserve
from pratique.services.names.reserve_names import ReserveNames, reserve_names
from tests.harness.plain_registry import PlainRegistry
from tests.harness.server import Answer
from tests.harness.site import Site
from tests.protocol.speakers import Speaker


async def known(site: Site, client: Speaker, names: Sequence[str], ask: Sequence[str] = ()) -> dict[str, str]:
    request = LookUpNames(client.ecosystem, tuple(names), tuple(ask))
    return {name: str(state) for name, state in (await look_up_names(site.ports, request, OPERATOR)).states.items()}


async def test_each_name_is_told_by_whose_it_is_and_nobody_is_asked(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "seen", "1.0.0")
    await client.listing(site, "seen", site.token)
    await client.upload(site, "mine", "1.0.0", site.token)
    await reserve(site.ports, Reserve(client.ecosystem, "acme-*"), OPERATOR)
    registry.asked.clear()

    found = await known(site, client, ["mine", "acme-core", "seen", client.popular, "never", "no name!"])

    assert found == {
        "mine": "own",
        "acme-core": "reserved",
        "seen": "public",
        client.popular: "public",
        "never": "unknown",
        "no name!": "invalid",
    }
    assert registry.asked == []


async def test_upstreams_are_asked_only_for_what_may_be_asked_and_is_neither_ours_nor_reserved(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "there", "1.0.0")
    await client.upload(site, "mine", "1.0.0", site.token)
    await reserve(site.ports, Reserve(client.ecosystem, "acme-*"), OPERATOR)
    registry.asked.clear()
    names = ["mine", "acme-core", "there", "nowhere-at-all", "secret-thing"]

    found = await known(site, client, names, names[:4])

    assert (found["there"], found["nowhere-at-all"], found["secret-thing"]) == ("public", "free", "unknown")
    told = " ".join(registry.asked)
    assert not any(name in told for name in ("mine", "acme-core", "secret-thing"))
    assert "nowhere-at-all" in told


async def test_where_no_upstream_can_be_asked_nothing_is_known(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    registry.instead["somewhere"] = Answer(500, "", {}, b"")

    assert await known(site, client, ["somewhere"], ["somewhere"]) == {"somewhere": "unclear"}


async def test_what_is_asked_has_to_be_looked_up(site: Site, client: Speaker) -> None:
    with pytest.raises(Invalid, match="is not among"):
        await known(site, client, ["x"], ["y"])


async def test_several_names_are_reserved_at_once_or_none(site: Site, client: Speaker) -> None:
    async def reserved() -> list[str]:
        found = await list_reservations(site.ports, ListReservations(client.ecosystem), OPERATOR)
        return [one.pattern for one in found.reservations]

    await reserve(site.ports, Reserve(client.ecosystem, "before"), OPERATOR)
    for names in (("fine", "no name!"), ("fine", "*"), ("fine", "")):
        with pytest.raises((Invalid, InvalidName)):
            await reserve_names(site.ports, ReserveNames(client.ecosystem, names), OPERATOR)
    with pytest.raises(Invalid, match="every name of that form"):
        await reserve_names(site.ports, ReserveNames(client.ecosystem, ("fine", "acme-*"), found=True), OPERATOR)
    assert await reserved() == ["before"]

    made = await reserve_names(site.ports, ReserveNames(client.ecosystem, ("a-new", "before", "a-new", "b*")), OPERATOR)

    assert [one.pattern for one in made.reserved] == ["a-new", "b*"]
    assert made.already == ("before",)
    assert sorted(await reserved()) == ["a-new", "b*", "before"]
    assert (await client.listing(site, "a-new", site.token)).status == 403


@pytest.mark.parametrize("names", [[], ["x"] * 501, "x", [5]])
async def test_a_list_of_names_that_is_none_is_told(site: Site, names: object) -> None:
    body = msgspec.json.encode({"ecosystem": "npm", "names": names})
    answer = await site.ask("POST", "/api/v1/names/reserve", site.admin, data=body, Content_Type="application/json")

    assert (answer.status, "names" in answer.json()["error"]) == (400, True)
