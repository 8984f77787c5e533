"""Lists, reservations and rule settings: laid down, shown, taken back, and felt by clients."""

from __future__ import annotations

import pytest

from tests.flows.accounts.conftest import Api
from tests.harness.site import Site
from tests.protocol.speakers import NpmSpeaker

NPM = NpmSpeaker("full", "application/json")


async def test_a_denied_name_is_shown_and_can_be_taken_back_as_it_was_denied(api: Api, site: Site) -> None:
    made = await api.post(
        "/list/add",
        site.admin,
        kind="deny",
        purl="pkg:pypi/Evil_Lib",
        versions=">=1.0,<2.0",
        reason="bad",
        action="hold",
    )
    assert made.json()["purl"] == "pkg:pypi/evil-lib"

    shown = (await api.get("/list/show", site.admin, kind="deny")).json()["entries"]
    assert [(one["versions"], one["action"], one["reason"]) for one in shown] == [(">=1.0,<2.0", "hold", "bad")]

    other = await api.post("/list/remove", site.admin, kind="deny", purl="pkg:pypi/evil-lib")
    assert other.status == 404
    assert "lines for the versions >=1.0,<2.0" in other.json()["error"]

    gone = await api.post("/list/remove", site.admin, kind="deny", purl="pkg:pypi/evil-lib", versions=">=1.0,<2.0")
    assert gone.status == 200
    assert (await api.get("/list/show", site.admin)).json()["entries"] == []


async def test_a_glob_keeps_its_star(api: Api, site: Site) -> None:
    made = await api.post("/list/add", site.admin, kind="grant", purl="pkg:npm/%40acme/*", expires_in="14d")
    assert made.json()["purl"] == "pkg:npm/%40acme/*"
    assert made.json()["expires"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reason": " "}, "say why"),
        ({"action": "ban"}, "there are: hide, hold, deny"),
        ({"purl": "left-pad"}, "write for example pkg:npm/left-pad"),
        ({"purl": "pkg:gem/rails"}, "it speaks npm, pypi"),
        ({"purl": "pkg:npm/a?c"}, "write for example"),
        ({"purl": "pkg:npm/x@^1.0"}, '"^1.0" is no version of npm'),
        ({"versions": ">=one"}, '"one" is no version of npm'),
        ({"purl": "pkg:npm/x@1.0.0", "versions": "*"}, "once"),
        ({"versions": "~~1"}, '"~~1" is no version of npm'),
        ({"expires_in": "1 fortnight"}, "no duration"),
    ],
)
async def test_an_entry_that_cannot_be_says_why(api: Api, site: Site, fields: dict[str, object], sentence: str) -> None:
    sent = {"kind": "deny", "purl": "pkg:npm/x", "reason": "r", **fields}
    answer = await api.post("/list/add", site.admin, **sent)
    assert answer.status == 400
    assert sentence in answer.json()["error"]


async def test_a_denied_name_is_refused_at_once(api: Api, site: Site) -> None:
    await api.post("/list/add", site.admin, kind="deny", purl="pkg:npm/evil", reason="steals keys")
    answer = await site.get("/main/npm/evil", site.token)
    assert answer.status == 403
    assert "steals keys" in answer.reason


async def test_a_reserved_pattern_is_given_free_by_the_words_it_was_reserved_with(api: Api, site: Site) -> None:
    made = await api.post("/reserve", site.admin, ecosystem="pypi", pattern="Acme_*", reason="ours")
    assert made.json()["pattern"] == "acme-*"
    twice = await api.post("/reserve", site.admin, ecosystem="pypi", pattern="acme.*")
    assert twice.status == 409
    assert (await api.post("/unreserve", site.admin, ecosystem="pypi", pattern="Acme_*")).status == 200
    missing = await api.post("/unreserve", site.admin, ecosystem="pypi", pattern="acme-*")
    assert (missing.status, "reserved there: nothing" in missing.json()["error"]) == (404, True)


async def test_nobody_reserves_the_whole_world_by_mistake(api: Api, site: Site) -> None:
    for pattern in ("*", "**"):
        answer = await api.post("/reserve", site.admin, ecosystem="npm", pattern=pattern)
        assert answer.status == 400, pattern
    assert (await api.get("/reservations", site.admin)).json()["reservations"] == []


async def test_own_names_are_told_to_those_who_may_know_them(api: Api, site: Site) -> None:
    await api.post("/reserve", site.admin, ecosystem="npm", pattern="@acme/*")
    await api.post("/reserve", site.admin, ecosystem="npm", pattern="@codename/*")
    assert (await api.get("/own-names", site.token, ecosystem="npm")).json()["names"] == []
    assert (await NPM.upload(site, "@acme/web", "1.0.0", site.token)).status == 201

    assert (await api.get("/own-names", site.token, ecosystem="npm")).json()["names"] == ["@acme/*"]
    assert (await api.get("/own-names", site.admin, ecosystem="npm")).json()["names"] == ["@acme/*", "@codename/*"]
    assert (await api.get("/own-names", None, ecosystem="npm")).json()["names"] == []
    assert (await api.get("/own-names", site.token, ecosystem="pypi")).json()["names"] == []


async def test_a_rule_is_set_option_by_option(api: Api, site: Site) -> None:
    first = await api.post("/policy/set", site.admin, rule="cooldown", options={"minimum_age_hours": 72})
    second = await api.post("/policy/set", site.admin, rule="cooldown", mode="dry-run", dry_run_for="7d")

    assert first.json()["options"]["minimum_age_hours"] == 72
    assert second.json()["options"]["minimum_age_hours"] == 72, "what was set stays"
    assert second.json()["until"]
    shown = {one["rule"]: one for one in (await api.get("/policy/show", site.admin)).json()["rules"]}
    assert shown["cooldown"]["mode"] == "dry-run"
    assert shown["cooldown"]["version"] > first.json()["version"]


async def test_a_dry_run_that_is_over_asks_for_an_answer(api: Api, site: Site) -> None:
    await api.post("/policy/set", site.admin, rule="cooldown", mode="dry-run", dry_run_for="7d")
    site.clock.set("+8d")
    shown = {one["rule"]: one for one in (await api.get("/policy/show", site.admin)).json()["rules"]}
    assert shown["cooldown"]["asks"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"rule": "cooldwn"}, "there are: revoked, known_malware"),
        ({"rule": "cooldown"}, "say what to set"),
        ({"rule": "cooldown", "options": {"min_age": 1}}, 'no option "min_age"; it has minimum_age_hours'),
        ({"rule": "cooldown", "options": {"minimum_age_hours": "long"}}, "Expected `int`"),
        ({"rule": "cooldown", "mode": "enforce", "dry_run_for": "7d"}, "only a dry-run has an end"),
        ({"rule": "cooldown", "mode": "maybe"}, "Invalid enum value"),
    ],
)
async def test_a_setting_that_cannot_be_says_why(
    api: Api, site: Site, fields: dict[str, object], sentence: str
) -> None:
    answer = await api.post("/policy/set", site.admin, **fields)
    assert answer.status == 400
    assert sentence in answer.json()["error"]
