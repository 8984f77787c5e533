"""The API: every verb closed to those who may not, every answer JSON with a sentence."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pratique.core.actors import ActorKind, Operation
from pratique.services.verbs.table import VERBS
from pratique.services.verbs.verb import Verb
from pratique.store import events
from tests.flows.accounts.conftest import PASSWORD, Api, Browser
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site, new_token, running_site

EXAMPLE: dict[str, dict[str, Any]] = {
    "admin link": {},
    "user add": {"name": "new", "password": PASSWORD},
    "user list": {},
    "user disable": {"name": "ann"},
    "user enable": {"name": "ann"},
    "user promote": {"name": "ann"},
    "user demote": {"name": "alice"},
    "user password": {"name": "alice", "password": "another good one"},
    "token create": {"name": "x"},
    "token list": {"user": "alice"},
    "token revoke": {"id": 1},
    "project show": {"purl": "pkg:npm/mine"},
    "project visibility": {"purl": "pkg:npm/mine", "visibility": "public"},
    "project member": {"purl": "pkg:npm/mine", "user": "ann", "role": "owner"},
    "project status": {"purl": "pkg:npm/mine", "status": "archived"},
    "project proof": {"purl": "pkg:npm/mine", "proof": "everybody"},
    "reserve": {"ecosystem": "npm", "pattern": "@x/*"},
    "unreserve": {"ecosystem": "npm", "pattern": "@x/*"},
    "reservations": {},
    "own-names": {"ecosystem": "npm"},
    "names check": {"ecosystem": "npm", "name": "lodahs"},
    "names check-many": {"ecosystem": "npm", "names": ["lodahs"]},
    "names import": {"ecosystem": "npm", "path": "names.txt"},
    "names except": {"ecosystem": "npm", "name": "lodahs", "reason": "r"},
    "names unexcept": {"ecosystem": "npm", "name": "lodahs"},
    "names exceptions": {},
    "review list": {},
    "review show": {"purl": "pkg:npm/mine@1.0.0"},
    "review clear": {"purl": "pkg:npm/mine@1.0.0", "reason": "r"},
    "review confirm": {"purl": "pkg:npm/mine@1.0.0", "reason": "r"},
    "review times": {},
    "reports": {"purl": "pkg:npm/mine@1.0.0", "why": "w"},
    "appeal": {"purl": "pkg:npm/mine@1.0.0", "why": "w"},
    "reporters list": {},
    "reporters trust": {"name": "ann"},
    "user freeze": {"name": "ann", "reason": "r"},
    "user unfreeze": {"name": "ann"},
    "review approve": {"ecosystem": "npm", "name": "lodahs", "reason": "r"},
    "review refuse": {"ecosystem": "npm", "name": "lodahs", "reason": "r"},
    "names missing": {},
    "names reserve": {"ecosystem": "npm", "names": ["acme-new"]},
    "names known": {"ecosystem": "npm", "names": ["x"]},
    "names feeds": {},
    "names dispute open": {"purl": "pkg:npm/mine", "claimant": "Acme", "reason": "r"},
    "names dispute list": {},
    "names dispute close": {"id": 1, "outcome": "rejected", "reason": "r"},
    "names placeholders": {},
    "names import-feeds": {},
    "list add": {"kind": "deny", "purl": "pkg:npm/x", "reason": "r"},
    "list remove": {"kind": "deny", "purl": "pkg:npm/x"},
    "list show": {},
    "approve": {"purl": "pkg:npm/x@1.0.0"},
    "waive": {"rule": "cooldown", "purl": "pkg:npm/x", "reason": "r"},
    "confirm": {"id": 1},
    "withdraw": {"id": 1},
    "waivers": {},
    "yank": {"purl": "pkg:npm/mine@1.0.0"},
    "unyank": {"purl": "pkg:npm/mine@1.0.0"},
    "deprecate": {"purl": "pkg:npm/mine@1.0.0", "message": "use yours"},
    "unpublish": {"purl": "pkg:npm/mine@1.0.0"},
    "check": {"filename": "Cargo.lock", "content": "version = 4"},
    "revoke": {"purl": "pkg:npm/x", "reason": "r"},
    "unrevoke": {"purl": "pkg:npm/x"},
    "explain": {"purl": "pkg:npm/x@1.0.0"},
    "decision": {"id": "a" * 26},
    "exposure": {"purl": "pkg:npm/x"},
    "advisories import": {"source": "starter"},
    "advisories status": {},
    "events": {},
    "storage": {},
    "rescan": {"everything": True},
    "scan": {"purl": "pkg:npm/mine@1.0.0"},
    "scanner": {},
    "policy show": {},
    "policy set": {"rule": "cooldown", "mode": "off"},
}

OPEN_TO_NOBODY = {"explain", "decision", "own-names", "names check", "names check-many", "project show"}
"""While anyone may read: and what these do not find, they answer with 404."""
OPEN_TO_AGENTS = OPEN_TO_NOBODY | {"check", "advisories status", "policy show"}


async def ask(api: Api, verb: Verb[Any, Any], token: str | None) -> tuple[int, dict[str, Any]]:
    fields = EXAMPLE[verb.name]
    if verb.name == "decision":
        answer = await api.get(f"/decisions/{fields['id']}", token)
    elif verb.method == "GET":
        answer = await api.get(verb.path, token, **fields)
    else:
        answer = await api.post(verb.path, token, **fields)
    return answer.status, answer.json()


def test_every_verb_has_an_example_here() -> None:
    assert set(EXAMPLE) == {verb.name for verb in VERBS}


async def test_nobody_may_change_anything_or_read_what_is_not_public(api: Api) -> None:
    for verb in VERBS:
        status, body = await ask(api, verb, None)
        assert status in ((200, 404) if verb.name in OPEN_TO_NOBODY else (401,)), verb.name
        assert status == 200 or body["error"], verb.name


async def test_an_agent_may_change_nothing_at_all(api: Api, site: Site) -> None:
    for verb in VERBS:
        status, body = await ask(api, verb, site.agent)
        expected = (200, 403, 404) if verb.name in OPEN_TO_AGENTS else (403,)
        assert status in expected, (verb.name, body)


async def test_a_plain_account_may_not_administer(api: Api, site: Site) -> None:
    for verb in VERBS:
        if not verb.reading:
            status, body = await ask(api, verb, site.token)
            assert status in (403, 404), (verb.name, body)


async def test_an_administrators_browser_must_give_the_password_again(site: Site) -> None:
    browser = Browser(site)
    await browser.sign_in("alice")
    site.clock.set("+6m")
    await browser.open("/account")
    grave = [verb for verb in VERBS if not verb.reading]
    headers = {"Cookie": f"pratique={browser.cookies['pratique']}", "X_CSRF_Token": browser.csrf}
    for verb in grave:
        body = msgspec.json.encode(EXAMPLE[verb.name])
        answer = await site.ask("POST", f"/api/v1{verb.path}", data=body, Content_Type="application/json", **headers)
        assert answer.status in (403, 404), (verb.name, answer.text)
        if answer.status == 403:
            assert answer.json()["code"] == "step_up_needed", (verb.name, answer.text)

    body = msgspec.json.encode({"password": PASSWORD})
    stepped = await site.ask("POST", "/api/v1/session/step-up", data=body, Content_Type="application/json", **headers)
    assert stepped.status == 200
    body = msgspec.json.encode(EXAMPLE["reserve"])
    done = await site.ask("POST", "/api/v1/reserve", data=body, Content_Type="application/json", **headers)
    assert done.status == 200


async def test_a_session_without_its_form_token_changes_nothing(site: Site) -> None:
    browser = Browser(site)
    await browser.sign_in("alice")
    cookie = {"Cookie": f"pratique={browser.cookies['pratique']}"}
    body = msgspec.json.encode(EXAMPLE["reserve"])

    without = await site.ask("POST", "/api/v1/reserve", data=body, Content_Type="application/json", **cookie)
    foreign = await site.ask(
        "POST",
        "/api/v1/reserve",
        data=body,
        Content_Type="application/json",
        X_CSRF_Token=browser.csrf,
        Sec_Fetch_Site="cross-site",
        **cookie,
    )

    assert (without.status, foreign.status) == (403, 403)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"{", "no JSON"),
        (b"[]", "must be a JSON object"),
        (b'{"ecosystem": "npm"}', "missing required field `pattern`"),
        (b'{"ecosystem": "npm", "pattern": "x", "patern": "y"}', "unknown field `patern`"),
        (b'{"ecosystem": 7, "pattern": "x"}', "Expected `str`"),
        (b'{"ecosystem": "npm", "pattern": "x", "repository": "nope"}', 'no repository "nope"'),
    ],
)
async def test_a_request_that_cannot_be_says_which_field(site: Site, body: bytes, sentence: str) -> None:
    answer = await site.ask("POST", "/api/v1/reserve", site.admin, data=body, Content_Type="application/json")
    assert answer.status in (400, 404)
    assert sentence in answer.json()["error"]


async def test_a_form_is_no_request(site: Site) -> None:
    answer = await site.ask("POST", "/api/v1/reserve", site.admin, data=b"ecosystem=npm", Content_Type="text/plain")
    assert answer.status == 400
    assert "application/json" in answer.json()["error"]


async def test_a_body_without_end_is_cut_off(site: Site) -> None:
    answer = await site.ask(
        "POST", "/api/v1/reserve", site.admin, data=BytesIO(b" " * (2 << 20)), Content_Type="application/json"
    )
    assert answer.status == 413
    assert answer.json()["error"]


async def test_another_host_name_gets_nothing(site: Site) -> None:
    for path in ("/", "/login", "/api/v1/policy/show", "/r/" + "a" * 26):
        assert (await site.get(path, site.admin, Host="evil.test")).status == 421


async def test_answers_are_kept_by_no_cache(api: Api, site: Site) -> None:
    for answer in (await api.get("/policy/show", site.admin), await api.get("/policy/show")):
        assert answer.headers["Cache-Control"] == "no-store"


async def test_paths_and_addresses_of_somebodys_choice_are_read_for_the_operator_only(api: Api, site: Site) -> None:
    with PlainRegistry() as inside:
        for source in ("/etc/passwd", f"{inside.url}/latest/all.zip", "https://example.test/all.zip"):
            answer = await api.post("/advisories/import", site.admin, source=source)
            assert answer.status == 403
            assert "only by the command on the data folder" in answer.json()["error"]
        assert inside.asked == []


async def test_whoever_may_not_import_learns_of_no_source_and_nobody_sees_a_signature(tmp_path: Path) -> None:
    signed = "https://feeds.example.test/osv/all.zip?signature=s3cr3t"
    async with running_site(tmp_path / "signed", f'[advisories]\nsources = ["{signed}"]\n') as site:
        api = Api(site)
        narrow = frozenset({Operation.EXPLAIN})
        tokens = (None, site.token, site.agent, await new_token(site, "ann", ActorKind.USER, narrow))

        for token in tokens:
            answer = await api.post("/advisories/import", token, source="https://example.test/all.zip")
            assert answer.status in (401, 403)
            assert "feeds.example.test" not in answer.text
        told = await api.post("/advisories/import", site.admin, source="https://example.test/all.zip")
        status = await api.get("/advisories/status", site.admin)
        start = await site.get("/")

    assert (told.status, "feeds.example.test/osv/all.zip #" in told.json()["error"]) == (403, True)
    for answer in (told, status, start):
        assert "s3cr3t" not in answer.text


async def test_every_change_leaves_an_event_that_names_who_did_it(api: Api, site: Site) -> None:
    await api.post("/reserve", site.admin, ecosystem="npm", pattern="@x/*", reason="ours")
    await api.post("/list/add", site.admin, kind="deny", purl="pkg:npm/x", reason="bad")
    await api.post("/policy/set", site.admin, rule="cooldown", mode="off")
    await api.post("/user/add", site.admin, name="new")

    found = await site.ports.db.read(events.recent, 4)

    assert {one.kind for one in found} == {"reserved", "list_entry_added", "rule_set", "account_created"}
    assert {one.actor for one in found} == {"user:alice"}


async def test_a_body_nested_without_end_is_refused_and_not_believed(site: Site) -> None:
    deep = BytesIO(b"[" * 500_000)
    answer = await site.ask("POST", "/api/v1/reserve", site.admin, data=deep, Content_Type="application/json")
    assert answer.status == 400
    assert answer.json()["error"]


async def test_the_catalogue_describes_every_verb_so_that_a_program_can_call_it(api: Api) -> None:
    told = (await api.get("")).json()
    assert [one["name"] for one in told["verbs"]] == [verb.name for verb in VERBS]
    assert all(one["does"].endswith(".") for one in told["verbs"])
    reserve = next(one for one in told["verbs"] if one["name"] == "reserve")
    assert (reserve["method"], reserve["path"]) == ("POST", "/api/v1/reserve")
    schema = told["schemas"][reserve["request"]["$ref"].rpartition("/")[2]]
    assert schema["required"] == ["ecosystem", "pattern"]
