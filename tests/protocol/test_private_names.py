"""Private and reserved names: outsiders learn nothing, members get the sentence, the upstream is never asked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pratique.core.actors import OPERATOR
from pratique.core.decisions import EntryKind, Mode
from pratique.services.governing.list_entries import AddEntry, add_entry
from pratique.services.governing.rule_settings import SetRule, set_rule
from pratique.services.judging import refuse_nowhere
from pratique.services.names.missing_names import ListMissingNames, list_missing_names
from pratique.services.names.reservations import Reserve, Unreserve, reserve, unreserve
from tests.harness.plain_registry import PlainRegistry
from tests.harness.server import Answer
from tests.harness.site import Site, running_site
from tests.protocol.advising import advise, advisory
from tests.protocol.speakers import Speaker
from tests.protocol.test_chains import behind


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
    "refuses in other words": Answer(403, "Blocked by policy denied_name: NAME is refused", {}, b"{}"),
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


COMMITTEE = "only what the committee of platform people has looked at may be had here; ask in their channel first"


@pytest.mark.parametrize("refused_by", ["allowlist", "denylist", "agent_new_name"])
async def test_a_hidden_name_sounds_like_a_missing_one_where_an_upstream_of_our_kind_refuses_it(
    site: Site, registry: PlainRegistry, client: Speaker, tmp_path: Path, refused_by: str
) -> None:
    if refused_by == "agent_new_name":
        options = {"treat_as_agent": ["nobody"]}
        await set_rule(site.ports, SetRule(rule="agent_new_name", mode=Mode.ENFORCE, options=options), OPERATOR)
    else:
        kind, glob = (EntryKind.DENY, "*") if refused_by == "denylist" else (EntryKind.ALLOW, "left")
        await add_entry(site.ports, AddEntry(kind, f"pkg:{client.ecosystem}/{glob}", reason=COMMITTEE), OPERATOR)

    async with running_site(tmp_path / "front", behind(site)) as front:
        await reserve(front.ports, Reserve(ecosystem=client.ecosystem, pattern="secret"), OPERATOR)
        await _own(front, client, "ours")
        heard = [await _heard(front, client, name, None) for name in ("secret", "nobody-has-it")]
        refused = await front.get(client.path("secret", "1.0.0"))
        page = await front.get(f"/r/{refused.json()['decision_id']}")
        asked = [
            (await front.get(f"/api/v1/names/check?ecosystem={client.ecosystem}&name={name}", front.token)).text
            for name in ("ours", "nobody-has-it")
        ]
        for_admin = await front.get(client.path("nobody-has-it", "1.0.0"), front.admin)

    assert heard[0] == heard[1]
    assert asked[0].replace("ours", "NAME") == asked[1].replace("nobody-has-it", "NAME")
    assert "an upstream refuses the name" in asked[0]
    assert f"Blocked by policy {refused_by}: secret is refused by an upstream of this repository;" in refused.reason
    assert (refused.status, refused.json()["rule"], refused.json()["retry"]) == (403, refused_by, False)
    assert (page.status, "ask whoever runs the upstream that refuses it" in page.text) == (200, True)
    assert site.url not in "".join(text for _, text in heard[0]) + page.text
    assert f"see {site.url}/r/" in for_admin.reason, "who may know every name hears the upstream itself"


async def _own(site: Site, client: Speaker, name: str) -> None:
    """A private project whose name is not reserved any more."""
    await reserve(site.ports, Reserve(ecosystem=client.ecosystem, pattern=name), OPERATOR)
    assert (await client.upload(site, name, "1.0.0", site.admin)).status in (200, 201)
    await unreserve(site.ports, Unreserve(ecosystem=client.ecosystem, pattern=name), OPERATOR)


def _malware(ecosystem: str, name: str, number: int) -> dict[str, Any]:
    """A public record that every version of a package is harmful."""
    spoken = {"npm": "npm", "pypi": "PyPI", "cargo": "crates.io"}[ecosystem]
    ranges = [{"type": "ECOSYSTEM" if spoken == "PyPI" else "SEMVER", "events": [{"introduced": "0"}]}]
    affected = [{"package": {"ecosystem": spoken, "name": name}, "ranges": ranges}]
    return advisory(name, id=f"MAL-2026-{number}", affected=affected)


_MALWARE = re.compile(r"MAL-2026-\d")
_DECISION = re.compile(r"\b[a-z2-7]{26}\b")


async def _heard(site: Site, client: Speaker, name: str, token: str | None) -> list[tuple[int, str]]:
    """What an outsider hears of listing, file, explanation and preflight, with name and decision taken out."""
    asked = (
        await client.listing(site, name, token),
        await site.get(client.path(name, "1.0.0"), token),
        await site.get(f"/api/v1/explain?purl=pkg:{client.ecosystem}/{name}", token),
        await site.get(f"/api/v1/names/check?ecosystem={client.ecosystem}&name={name}", token),
    )
    return [(one.status, _DECISION.sub("ID", one.text.replace(name, "NAME"))) for one in asked]


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


async def test_what_public_feeds_say_of_a_name_is_said_of_a_hidden_one_too(
    site: Site, client: Speaker, tmp_path: Path
) -> None:
    await client.upload(site, "secret", "1.0.0", site.admin)
    await reserve(site.ports, Reserve(ecosystem=client.ecosystem, pattern="acme-*"), OPERATOR)
    names = ("secret", "acme-core", "nobody-has-it")
    site.clock.set("2027-01-01T00:00:00Z")
    await advise(site, tmp_path, *(_malware(client.ecosystem, name, number) for number, name in enumerate(names)))

    for token, hidden in ((None, "secret"), (None, "acme-core"), (site.token, "secret")):
        heard = [
            _MALWARE.sub("MAL", str(await _heard(site, client, name, token))) for name in (hidden, "nobody-has-it")
        ]
        assert heard[0] == heard[1], (hidden, token)
        assert "Blocked by policy known_malware: NAME is known malware (MAL)" in heard[0]
    assert (await client.listing(site, "secret", site.admin)).status == 200


@pytest.mark.parametrize("names", ["acme-", "free-"])
async def test_how_many_names_somebody_asked_for_in_vain_does_not_tell_which_are_hidden(
    site: Site, client: Speaker, names: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refuse_nowhere, "KEPT_OF_ONE_ASKER", 2)
    await reserve(site.ports, Reserve(ecosystem=client.ecosystem, pattern="acme-*"), OPERATOR)
    options = {"treat_as_agent": ["nobody"]}
    await set_rule(site.ports, SetRule(rule="agent_new_name", mode=Mode.ENFORCE, options=options), OPERATOR)

    refused = [await site.get(client.path(f"{names}{number}", "1.0.0")) for number in range(4)]
    pages = [(await site.get(f"/r/{one.json()['decision_id']}")).status for one in refused]
    asked = await list_missing_names(site.ports, ListMissingNames(ecosystem=client.ecosystem), OPERATOR)

    assert pages == [200, 200, 404, 404]
    assert {(one.name, one.count) for one in asked.names} == {(f"{names}{number}", 1) for number in range(4)}


async def test_of_two_reservations_of_one_name_the_more_exact_one_gives_its_reason(site: Site, client: Speaker) -> None:
    await reserve(site.ports, Reserve(ecosystem=client.ecosystem, pattern="acme-*", reason="the company's"), OPERATOR)
    await reserve(site.ports, Reserve(ecosystem=client.ecosystem, pattern="acme-core", reason="team Core"), OPERATOR)

    core = await client.listing(site, "acme-core", site.token)
    other = await client.listing(site, "acme-web", site.token)

    assert "is reserved for own projects (team Core)" in core.reason
    assert "is reserved for own projects (the company's)" in other.reason
