"""What a token's names and ecosystems leave out, no verb reaches with it."""

from __future__ import annotations

from typing import Any

import pytest

from pratique.core.actors import ActorKind, Operation
from tests.flows.accounts.conftest import Api
from tests.harness.site import Site, new_token


@pytest.fixture
async def narrow(site: Site) -> str:
    """An administrator's token, good for everything that concerns npm's `acme-*`."""
    reach = {"names": ("acme-*",), "ecosystems": frozenset({"npm"})}
    return await new_token(site, "alice", ActorKind.USER, frozenset(Operation), **reach)


BY_NAME: list[tuple[str, dict[str, Any]]] = [
    ("/list/add", {"kind": "deny", "purl": "PURL", "reason": "x"}),
    ("/reserve", {"ecosystem": "ECOSYSTEM", "pattern": "NAME"}),
    ("/names/reserve", {"ecosystem": "ECOSYSTEM", "names": ["NAME"]}),
    ("/waive", {"rule": "cooldown", "purl": "PURL", "reason": "x"}),
]


def about(fields: dict[str, Any], ecosystem: str, name: str) -> dict[str, Any]:
    words = {"PURL": f"pkg:{ecosystem}/{name}", "ECOSYSTEM": ecosystem, "NAME": name}
    return {
        key: [words[one] for one in value] if isinstance(value, list) else words.get(value, value)
        for key, value in fields.items()
    }


@pytest.mark.parametrize(("verb", "fields"), BY_NAME, ids=[verb for verb, _ in BY_NAME])
async def test_policy_reaches_as_far_as_the_tokens_names(
    api: Api, narrow: str, verb: str, fields: dict[str, Any]
) -> None:
    for ecosystem, name in (("npm", "left"), ("pypi", "acme-web"), ("npm", "acme")):
        refused = await api.post(verb, narrow, **about(fields, ecosystem, name))
        assert (refused.status, "does not reach" in refused.json()["error"]) == (403, True), (ecosystem, name)
    assert (await api.post(verb, narrow, **about(fields, "npm", "acme-web"))).status == 200


@pytest.mark.parametrize(("verb", "fields"), BY_NAME[:3], ids=[verb for verb, _ in BY_NAME[:3]])
async def test_a_glob_is_no_wider_than_the_tokens(api: Api, narrow: str, verb: str, fields: dict[str, Any]) -> None:
    for wider in ("ac*", "*-web", "acme*"):
        assert (await api.post(verb, narrow, **about(fields, "npm", wider))).status == 403, wider
    assert (await api.post(verb, narrow, **about(fields, "npm", "acme-w*"))).status == 200
    assert (await api.post(verb, narrow, **about(fields, "npm", "acme-*"))).status == 200


async def test_what_is_beyond_the_names_is_not_taken_away_either(site: Site, api: Api, narrow: str) -> None:
    await api.post("/list/add", site.admin, kind="deny", purl="pkg:npm/left", reason="x")
    await api.post("/reserve", site.admin, ecosystem="npm", pattern="left-*")

    assert (await api.post("/list/remove", narrow, kind="deny", purl="pkg:npm/left")).status == 403
    assert (await api.post("/unreserve", narrow, ecosystem="npm", pattern="left-*")).status == 403


async def test_a_narrow_token_is_not_told_what_is_reserved_beyond_its_names(site: Site, api: Api, narrow: str) -> None:
    await api.post("/reserve", site.admin, ecosystem="npm", pattern="left-*")

    unknown = await api.post("/unreserve", narrow, ecosystem="npm", pattern="acme-web")
    everywhere = await api.post("/unreserve", site.admin, ecosystem="npm", pattern="acme-web")

    assert (unknown.status, "left-" in unknown.text) == (404, False)
    assert "left-*" in everywhere.text


@pytest.mark.parametrize(
    ("method", "verb", "fields"),
    [
        ("post", "/policy/set", {"rule": "cooldown", "mode": "off"}),
        ("post", "/advisories/import", {"source": "starter"}),
        ("post", "/user/add", {"name": "eve", "admin": True}),
        ("post", "/admin/link", {}),
        ("get", "/user/list", {}),
        ("get", "/token/list", {"user": "ann"}),
        ("get", "/events", {}),
        ("get", "/storage", {}),
        ("get", "/list/show", {}),
        ("get", "/reservations", {}),
        ("get", "/names/missing", {}),
        ("post", "/names/known", {"ecosystem": "npm", "names": ["x"]}),
    ],
)
async def test_what_concerns_the_whole_server_needs_a_token_for_the_whole_server(
    api: Api, narrow: str, method: str, verb: str, fields: dict[str, Any]
) -> None:
    answer = await (api.post if method == "post" else api.get)(verb, narrow, **fields)
    assert (answer.status, "the whole server" in answer.json()["error"]) == (403, True)


async def test_events_and_waivers_are_shown_as_far_as_the_token_reaches(site: Site, api: Api, narrow: str) -> None:
    for name in ("acme-web", "left"):
        assert (await api.post("/waive", site.admin, rule="cooldown", purl=f"pkg:npm/{name}", reason="x")).status == 200

    assert [one["purl"] for one in (await api.get("/waivers", narrow)).json()["waivers"]] == ["pkg:npm/acme-web"]
    assert len((await api.get("/events", narrow, about="pkg:npm/acme-web")).json()["events"]) == 1
    assert (await api.get("/events", narrow, about="pkg:npm/left")).status == 403
