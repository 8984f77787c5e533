"""How many new names an account may take in a day."""

from __future__ import annotations

from pathlib import Path

from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import running_site
from tests.protocol.speakers import Speaker


async def test_an_account_takes_so_many_new_names_a_day_and_an_administrator_as_many_as_he_likes(
    tmp_path: Path, registry: PlainRegistry, client: Speaker
) -> None:
    async with running_site(tmp_path / "site", registry.settings + "\n[names]\nnew_a_day = 2\n") as site:
        site.clock.set("2027-01-01T00:00:00Z")
        first = [await client.upload(site, f"new-{number}", "1.0.0", site.token) for number in range(3)]
        site.clock.set("2027-01-01T01:00:00Z")
        more = await client.upload(site, "new-0", "1.0.1", site.token)
        refused = await client.upload(site, "new-2", "1.0.0", site.token)
        admin = [await client.upload(site, f"of-admin-{number}", "1.0.0", site.admin) for number in range(3)]
        site.clock.set("2027-01-02T00:00:00Z")
        later = await client.upload(site, "new-2", "1.0.0", site.token)

        assert [answer.status in (200, 201) for answer in first] == [True, True, False]
        assert first[2].status == refused.status == 403
        assert "2 are allowed: take the next one from 2027-01-02T00:00:00" in refused.reason
        assert all(answer.status in (200, 201) for answer in (more, later, *admin))
