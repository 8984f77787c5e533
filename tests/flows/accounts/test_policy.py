"""Lists, reservations and rule settings: laid down, shown, taken back, and felt by clients."""

from __future__ import annotations

import pytest

from pratique.services.governing import list_entries
from pratique.services.names import reservations
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
    assert "there are lines about its versions >=1.0,<2.0" in other.json()["error"]

    gone = await api.post("/list/remove", site.admin, kind="deny", purl="pkg:pypi/evil-lib", versions=">=1.0,<2.0")
    assert gone.status == 200
    assert (await api.get("/list/show", site.admin)).json()["entries"] == []


async def test_no_letters_of_a_name_turn_into_a_star(api: Api, site: Site) -> None:
    for purl in ("pkg:npm/zqanyqz", "pkg:pypi/zqanyqz-utils", "pkg:npm/ab-ac-ad", "pkg:npm/zqany*qz"):
        made = await api.post("/list/add", site.admin, kind="allow", purl=purl)
        assert made.json()["purl"] == purl


async def test_lists_and_reservations_have_an_end(api: Api, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_entries, "MAX_ENTRIES", 1)
    monkeypatch.setattr(reservations, "MAX_RESERVATIONS", 1)
    answers = [
        (
            await api.post("/list/add", site.admin, kind="allow", purl=f"pkg:npm/{name}"),
            await api.post("/reserve", site.admin, ecosystem="npm", pattern=name),
        )
        for name in ("one", "two")
    ]
    assert [[answer.status for answer in pair] for pair in answers] == [[200, 200], [400, 400]]
    await api.post("/list/remove", site.admin, kind="allow", purl="pkg:npm/one")
    assert (await api.post("/list/add", site.admin, kind="allow", purl="pkg:npm/two")).status == 200


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("/revoke", {"purl": "pkg:npm/left"}),
        ("/waive", {"rule": "cooldown", "purl": "pkg:npm/left"}),
        ("/approve", {"purl": "pkg:npm/left@1.0.0"}),
        ("/reserve", {"ecosystem": "npm", "pattern": "left"}),
        ("/list/add", {"kind": "deny", "purl": "pkg:npm/left"}),
    ],
)
async def test_a_reason_is_as_long_as_somebody_reads(api: Api, site: Site, verb: str, fields: dict[str, str]) -> None:
    refused = await api.post(verb, site.admin, **fields, reason="x" * 1001)
    assert (refused.status, "at most 1,000" in refused.text) == (400, True)
    if verb != "/approve":
        assert (await api.post(verb, site.admin, **fields, reason=" " + "x" * 1000 + " ")).status == 200


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
        ({"purl": "pkg:gem/rails"}, "npm, pypi"),
        ({"purl": "pkg:npm/a?c"}, "write for example"),
        ({"purl": "pkg:npm/x@^1.0"}, '"^1.0" is no version of npm'),
        ({"versions": ">=one"}, '"one" is no version of npm'),
        ({"purl": "pkg:npm/x@1.0.0", "versions": "*"}, "once"),
        ({"versions": "~~1"}, '"~~1" is no version of npm'),
        ({"expires_in": "1 fortnight"}, "no duration"),
        ({"reason": "x" * 1001}, "1,001 characters"),
        ({"versions": " || ".join(f"1.0.{number}" for number in range(400))}, "at most 2,000"),
        ({"purl": "pkg:npm/x@1.0.0-" + "a" * 2000}, "write for example"),
        ({"purl": "pkg:npm/" + "x" * 600}, "no name has more than 512"),
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
    nobody = (await api.get("/own-names", None, ecosystem="npm")).json()
    assert (nobody["names"], nobody["projects"]) == ([], [])
    assert (await api.get("/own-names", site.token, ecosystem="pypi")).json()["names"] == []
    behind = await api.get("/own-names", site.token, ecosystem="npm")
    assert behind.json()["projects"] == ["@acme/web"], "for clients that know no globs"


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
        ({"rule": "cooldown", "options": {"minimum_age_hours": "long"}}, "it needs a whole number, not text"),
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
