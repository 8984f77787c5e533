"""A warning is told beside the bytes, in the header that the ecosystem's clients print, if there is one."""

from __future__ import annotations

from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.speakers import Speaker
from tests.protocol.test_every_rule import asked_too_early

HEADERS = ("npm-notice", "X-NuGet-Warning")


async def test_a_person_is_warned_of_a_name_that_was_asked_for_before_it_existed(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    await asked_too_early(site, registry, client)

    file = await site.get(client.path("left", "1.0.0"), site.token)

    told = {name: file.headers[name] for name in HEADERS if name in file.headers}
    assert file.status == 200
    assert list(told) == (["npm-notice"] if client.ecosystem == "npm" else [])
    assert all(line.startswith("Warning by policy agent_new_name: left@1.0.0 was asked for") for line in told.values())
