"""A project whose owners demand it takes a publish only with a one-time code of the person who publishes."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from pratique.core.account_verbs import PublishProof
from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.core.errors import CodeNeeded
from pratique.services.accounts.accounts import AddUser, add_user
from pratique.services.accounts.challenges import LOGINS_PER_ADDRESS, PER_ACCOUNT
from pratique.services.accounts.logins import LOGIN_OPERATIONS
from pratique.services.accounts.sign_in import SignIn
from pratique.services.accounts.step_up import PasswordGate, sign_in
from pratique.services.ports import Caller
from pratique.services.publishing.membership import SetMember, set_member
from pratique.services.publishing.publish_proof import SetPublishProof, set_publish_proof, set_publish_proof_by_client
from pratique.services.verbs.releases import Unrevoke, unrevoke
from pratique.services.visits import visit_repository
from pratique.trust.permissions import Role
from tests.flows.accounts.conftest import PASSWORD, Api, Browser, Operator
from tests.flows.accounts.test_client_account import confirmed
from tests.flows.accounts.test_client_login import path_of
from tests.harness import packages
from tests.harness.server import Answer
from tests.harness.site import Site, new_token
from tests.protocol.npm_publisher import Publisher, publisher
from tests.protocol.speakers import SPEAKERS

NPM, PYPI, CARGO = SPEAKERS[0], SPEAKERS[2], SPEAKERS[4]
OURS = "pkg:npm/ours"


async def publish(site: Site, version: str, token: str, code: str = "", name: str = "ours") -> Answer:
    body = packages.npm_publish_body(name, version, packages.npm_tarball(name, version))
    headers = {"npm_otp": code} if code else {}
    return await site.ask(
        "PUT", f"/main/npm/{name}", token, data=json.dumps(body), Content_Type="application/json", **headers
    )


async def demanded(site: Site, proof: PublishProof = PublishProof.EVERYBODY, name: str = "ours") -> None:
    assert (await publish(site, "1.0.0", site.token, name=name)).status == 201
    await set_publish_proof(site.ports, SetPublishProof(f"pkg:npm/{name}", proof), OPERATOR)


async def shown_code(browser: Browser, purpose: str = "publish", **more: Any) -> str:
    await browser.open("/account")
    answer = await browser.submit("/account/codes", purpose=purpose, **more)
    found = re.search(r"<pre>([A-Z0-9-]{14})</pre>", answer.text)
    assert found, answer.text
    return found[1]


async def test_a_publish_waits_for_the_browser_and_its_code_is_good_once(site: Site, browser: Browser) -> None:
    await demanded(site)
    await browser.sign_in("ann")

    asked = await publish(site, "1.0.1", site.token)
    code = await confirmed(site, browser, asked)
    first, second = await publish(site, "1.0.1", site.token, code), await publish(site, "1.0.2", site.token, code)

    assert (asked.status, asked.headers["WWW-Authenticate"]) == (401, "OTP")
    assert "publishing needs a one-time code" in asked.headers["npm-notice"]
    assert (first.status, second.status) == (201, 401)
    assert "wrong, used, or older" in second.headers["npm-notice"]


async def test_the_code_on_the_page_and_the_one_for_the_client_are_one_leave(site: Site, browser: Browser) -> None:
    await demanded(site)
    await browser.sign_in("ann")
    asked = (await publish(site, "1.0.1", site.token)).json()
    page = path_of(asked["authUrl"])
    await browser.open(page)
    text = (await browser.submit(page, answer="yes")).text
    shown = re.search(r"--otp=([A-Z0-9-]{14})", text)
    assert shown

    assert (await publish(site, "1.0.1", site.token, shown[1].lower().replace("-", " "))).status == 201
    assert (await site.get(path_of(asked["doneUrl"]))).status == 404


async def test_a_code_is_for_one_account_one_purpose_one_project_and_five_minutes(site: Site, browser: Browser) -> None:
    await demanded(site)
    await demanded(site, name="other")
    await browser.sign_in("ann")
    await browser.open("/account")

    for_tokens = await shown_code(browser, "tokens")
    for_other = await confirmed(site, browser, await publish(site, "1.0.1", site.token, name="other"))
    late = await shown_code(browser)
    assert (await publish(site, "1.0.1", site.token, for_tokens)).status == 401
    assert (await publish(site, "1.0.1", site.token, for_other)).status == 401
    assert (await publish(site, "1.0.1", site.admin, late)).status == 401
    site.clock.set("+6m")
    assert (await publish(site, "1.0.1", site.token, late)).status == 401

    await browser.submit("/account/codes", purpose="publish")
    assert "needs the password again" in browser.page
    good = await shown_code(browser, password=PASSWORD)
    assert (await publish(site, "1.0.1", site.token, good)).status == 201


async def test_somebody_else_confirms_nothing(site: Site, browser: Browser) -> None:
    await demanded(site)
    await browser.sign_in("alice")
    asked = (await publish(site, "1.0.1", site.token)).json()
    page = path_of(asked["authUrl"])

    assert "This asks another account than yours" in (await browser.open(page)).text
    answer = await browser.submit(page, answer="yes", csrf=_csrf(await browser.open("/account")))

    assert answer.status == 403
    assert (await site.get(path_of(asked["doneUrl"]))).status == 202


def _csrf(answer: Answer) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', answer.text)
    assert found
    return found[1]


@pytest.mark.parametrize(("proof", "status"), [(PublishProof.PEOPLE, 201), (PublishProof.EVERYBODY, 401)])
async def test_ci_jobs_are_asked_where_everybody_is(site: Site, proof: PublishProof, status: int) -> None:
    job = await new_token(site, "ann", ActorKind.CI, frozenset({Operation.PUBLISH}))
    await demanded(site, proof)

    assert (await publish(site, "1.0.1", job)).status == status
    assert (await publish(site, "1.0.2", site.token)).status == 401


async def test_a_client_that_sends_no_codes_is_refused_with_a_sentence(site: Site) -> None:
    assert (await PYPI.upload(site, "ours", "1.0", site.token)).status == 200
    await set_publish_proof(site.ports, SetPublishProof("pkg:pypi/ours", PublishProof.EVERYBODY), OPERATOR)

    refused = await PYPI.upload(site, "ours", "1.1", site.token)

    assert refused.status == 403
    assert "pypi clients cannot send" in refused.reason


async def test_strangers_hear_nothing_of_codes(site: Site) -> None:
    await demanded(site)
    stranger = await new_token(site, "alice", ActorKind.USER, frozenset({Operation.READ}))

    assert (await publish(site, "1.0.1", stranger)).status == 403
    nobody = await publish(site, "1.0.1", "")
    assert (nobody.status, "OTP" in nobody.headers["WWW-Authenticate"]) == (401, False)


async def test_owners_demand_more_by_token_and_less_in_no_other_way_than_by_proof(site: Site, api: Api) -> None:
    assert (await publish(site, "1.0.0", site.token)).status == 201
    owner = await new_token(site, "ann", ActorKind.USER, frozenset({Operation.MEMBERS, Operation.READ}))

    raised = await api.post("/project/proof", owner, purl=OURS, proof="everybody")
    lowered = await api.post("/project/proof", owner, purl=OURS, proof="people")
    reader = await api.post("/project/proof", site.token, purl=OURS, proof="everybody")
    of_none = await api.post("/project/proof", site.admin, purl="pkg:npm/not-there", proof="everybody")

    assert (raised.status, lowered.status, reader.status, of_none.status) == (200, 403, 403, 404)
    assert "a token does not lower" in lowered.text
    assert (await publish(site, "1.0.1", site.token)).status == 401


async def test_an_owners_client_demands_less_with_a_code(site: Site, browser: Browser) -> None:
    await demanded(site)
    owner = await new_token(site, "ann", ActorKind.USER, frozenset({Operation.MEMBERS, Operation.READ}))
    actor = await SignIn(site.ports.db, site.ports.clock, site.ports.revisions).actor(f"Bearer {owner}")
    visit = replace(await visit_repository(site.ports, "main", "npm", actor), caller=Caller(takes_codes=True))
    await browser.sign_in("ann")

    with pytest.raises(CodeNeeded):
        await set_publish_proof_by_client(site.ports, visit, "ours", PublishProof.NOBODY)
    visit = replace(visit, caller=Caller(code=await shown_code(browser, "proof"), takes_codes=True))
    await set_publish_proof_by_client(site.ports, visit, "ours", PublishProof.NOBODY)

    assert (await publish(site, "1.0.1", site.token)).status == 201


async def owner_of_ours(site: Site) -> Publisher:
    await add_user(site.ports, AddUser(name="mal"), OPERATOR)
    await publish(site, "1.1.0", site.token)
    await demanded(site)
    return await publisher(site)


async def test_with_a_stolen_token_nobody_becomes_an_owner_or_changes_what_others_get(site: Site, api: Api) -> None:
    stolen = await owner_of_ours(site)
    document = await stolen.document("ours")

    by_npm = {
        "changing who may publish": await stolen.set_owners("ours", "ann", "mal"),
        "changing who may read": await stolen.send("POST", "-/package/ours/access", {"access": "public"}),
        "changing tags": await stolen.put("-/package/ours/dist-tags/next", "1.0.0"),
        "unpublishing": (await stolen.unpublish("ours", "1.0.0"))[0],
    }
    forgotten = await stolen.send("DELETE", "-/package/ours/dist-tags/latest-but-one")
    whole = await stolen.send("DELETE", f"ours/-rev/{document['_rev']}")
    assert stolen.token
    by_api = [
        await api.post("/project/member", stolen.token, purl=OURS, user="mal", role="owner"),
        await api.post("/project/visibility", stolen.token, purl=OURS, visibility="public"),
        await api.post("/project/status", stolen.token, purl=OURS, status="archived"),
        await api.post("/unpublish", stolen.token, purl=f"{OURS}@1.0.0"),
    ]

    for doing, answer in by_npm.items():
        assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "OTP"), doing
        assert f"{doing} needs a one-time code" in answer.headers["npm-notice"]
    assert (forgotten.status, whole.status) == (401, 401)
    for answer in by_api:
        assert (answer.status, "/api/v1/session/step-up" in answer.text) == (403, True), answer.text
    assert await stolen.document("ours") == document


async def test_an_owner_adds_another_with_a_code_which_names_what_is_confirmed(site: Site, browser: Browser) -> None:
    ann = await owner_of_ours(site)
    await browser.sign_in("ann")
    asked = await ann.set_owners("ours", "ann", "mal")
    assert "Confirm changing who may publish" in (await browser.open(path_of(asked.json()["authUrl"]))).text
    code = await confirmed(site, browser, asked)
    document = await ann.document("ours", write=False)
    path = f"ours/-rev/{document['_rev']}"

    def owners(*names: str) -> dict[str, Any]:
        maintainers = [{"name": name, "email": ""} for name in names]
        return {"_id": "ours", "_rev": document["_rev"], "maintainers": maintainers}

    refused = await ann.put(path, owners("ann", "not-there"), npm_otp=code)
    added = await ann.put(path, owners("ann", "mal"), npm_otp=code)

    assert (refused.status, added.status) == (404, 200), "what is refused uses no code up"
    assert (await publish(site, "1.0.1", site.token, code)).status == 401, "it was for something else"


async def test_a_session_that_gave_its_password_changes_owners_without_a_code(site: Site) -> None:
    await owner_of_ours(site)
    _, session = await sign_in(site.ports, PasswordGate(), "ann", PASSWORD, "127.0.0.1")

    shown = await set_member(site.ports, SetMember(OURS, "mal", Role.OWNER), session.actor)

    assert {one.user for one in shown.members} == {"ann", "mal"}


async def test_a_message_which_moves_what_resolvers_choose_takes_a_code_through_every_door(
    site: Site, api: Api, browser: Browser
) -> None:
    ann = await owner_of_ours(site)
    assert ann.token
    document = await ann.document("ours")
    document["versions"]["1.0.0"]["deprecated"] = "use 3"

    by_npm = await ann.deprecate("ours", "use 2", "1.0.0")
    by_edition = await ann.put(f"ours/-rev/{document['_rev']}", document)
    by_api = await api.post("/deprecate", ann.token, purl=OURS, message="use 4")

    for answer in (by_npm, by_edition):
        assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "OTP")
        assert "deprecating or taking that back needs a one-time code" in answer.headers["npm-notice"]
    assert (by_api.status, "/api/v1/session/step-up" in by_api.text) == (403, True)
    assert "deprecated" not in (await ann.document("ours"))["versions"]["1.0.0"]

    await browser.sign_in("ann")
    code = await confirmed(site, browser, by_edition)
    said = await ann.put(f"ours/-rev/{document['_rev']}", document, npm_otp=code)
    assert said.status == 200
    assert (await ann.deprecate("ours", "", "1.0.0")).status == 401, "taking it back moves it again"
    assert (await ann.deprecate("ours", "use 3", "1.0.0")).status == 200, "nothing changes"


async def test_yanking_and_giving_back_take_proof_where_owners_demand_it_and_revoking_takes_none(
    site: Site, api: Api, operator: Operator
) -> None:
    ann = await owner_of_ours(site)
    job = await new_token(site, "ann", ActorKind.CI, frozenset({Operation.YANK}))
    purl = f"{OURS}@1.0.0"

    refused = [
        await api.post("/yank", ann.token, purl=purl, reason="x"),
        await api.post("/yank", job, purl=purl, reason="x"),
    ]
    assert (await operator.types("yank", purl, "--reason", "broken")).code == 0
    refused += [await api.post("/unyank", ann.token, purl=purl)]
    assert (await operator.types("unyank", purl)).code == 0
    assert (await api.post("/revoke", ann.token, purl=purl, reason="harm")).status == 200
    refused += [await api.post("/unrevoke", token, purl=purl) for token in (ann.token, site.admin)]
    _, session = await sign_in(site.ports, PasswordGate(), "ann", PASSWORD, "127.0.0.1")
    await unrevoke(site.ports, Unrevoke(purl), session.actor)

    for answer, doing in zip(refused, (*["yanking or taking that back"] * 3, *["giving back"] * 2), strict=True):
        assert (answer.status, doing in answer.text, "/session/step-up" in answer.text) == (403, True, True), (
            answer.text
        )


async def test_where_owners_demand_a_code_no_twin_of_the_name_gives_back_without_one(site: Site, api: Api) -> None:
    assert (await CARGO.upload(site, "our-own", "1.0.0", site.token)).status == 200
    await set_publish_proof(site.ports, SetPublishProof("pkg:cargo/our-own", PublishProof.PEOPLE), OPERATOR)
    assert (await api.post("/revoke", site.admin, purl="pkg:cargo/our_own@1.0.0", reason="harm")).status == 200

    assert (await api.post("/unrevoke", site.admin, purl="pkg:cargo/our_own@1.0.0")).status == 403


async def test_a_refused_upload_leaves_its_code_good(site: Site, browser: Browser) -> None:
    await demanded(site)
    await browser.sign_in("ann")
    code = await shown_code(browser)

    body = packages.npm_publish_body("ours", "1.0.1", packages.npm_tarball("ours", "1.0.2"))
    headers = {"npm_otp": code, "Content_Type": "application/json"}
    contradicting = await site.ask("PUT", "/main/npm/ours", site.token, data=json.dumps(body), **headers)
    broken = await site.ask("PUT", "/main/npm/ours", site.token, data=json.dumps(body)[:200], **headers)

    assert (contradicting.status, broken.status) == (400, 400)
    assert (await publish(site, "1.0.1", site.token, code)).status == 201


async def test_a_demand_made_during_an_upload_counts(site: Site) -> None:
    assert (await publish(site, "1.0.0", site.token)).status == 201
    body = json.dumps(packages.npm_publish_body("ours", "1.0.1", packages.npm_tarball("ours", "1.0.1"))).encode()

    async def slowly() -> AsyncIterator[bytes]:
        yield body[:100]
        await set_publish_proof(site.ports, SetPublishProof(OURS, PublishProof.EVERYBODY), OPERATOR)
        yield body[100:]

    late = await site.ask("PUT", "/main/npm/ours", site.token, data=slowly(), Content_Type="application/json")

    assert (late.status, late.headers["WWW-Authenticate"]) == (401, "OTP")


async def test_asking_again_makes_no_second_question_and_logins_of_others_take_nothing_from_it(
    site: Site, browser: Browser
) -> None:
    await demanded(site)
    for _ in range(LOGINS_PER_ADDRESS):
        assert (await site.ask("POST", "/main/npm/-/v1/login", data=b"{}")).status == 200
    asked = [await publish(site, "1.0.1", site.token) for _ in range(PER_ACCOUNT + 2)]

    assert {answer.status for answer in asked} == {401}
    assert (await site.get(path_of(asked[0].json()["doneUrl"]))).status == 404, "nobody else gets what is confirmed"
    await browser.sign_in("ann")
    assert (await publish(site, "1.0.1", site.token, await confirmed(site, browser, asked[-1]))).status == 201


async def test_who_has_too_many_questions_open_is_told_to_make_a_code(site: Site) -> None:
    ann = await publisher(site)
    for number in range(PER_ACCOUNT + 1):
        await demanded(site, name=f"ours-{number}")
        answer = await publish(site, "1.0.1", str(ann.token), name=f"ours-{number}")

    assert answer.status == 403
    assert f"make a code at {site.ports.public_url}/account" in answer.json()["error"]


async def test_a_code_that_is_collected_late_ends_with_the_one_on_the_page(site: Site, browser: Browser) -> None:
    await demanded(site)
    await browser.sign_in("ann")
    asked = (await publish(site, "1.0.1", site.token)).json()
    page = path_of(asked["authUrl"])
    await browser.open(page)
    await browser.submit(page, answer="yes")
    site.clock.set("+4m")
    code = (await site.get(path_of(asked["doneUrl"]))).json()["token"]
    site.clock.set("+6m")

    assert (await publish(site, "1.0.1", site.token, code)).status == 401


async def test_the_token_of_a_login_unpublishes_and_does_not_revoke(site: Site, api: Api) -> None:
    ann = await publisher(site, operations=LOGIN_OPERATIONS, ecosystems=frozenset({"npm"}))
    await ann.publish("mine", "1.0.0", "1.1.0")

    assert ann.token
    assert (await api.post("/revoke", ann.token, purl="pkg:npm/mine@1.1.0", reason="x")).status == 403
    assert [answer.status for answer in await ann.unpublish("mine", "1.0.0")] == [200, 200]


async def test_a_document_tells_strangers_no_private_name_from_none(site: Site) -> None:
    await add_user(site.ports, AddUser(name="mal"), OPERATOR)
    await publish(site, "1.0.0", site.token)
    mal = await publisher(site, "mal")

    answers = [
        await mal.put(name, {"_id": name, "name": name, "_rev": "1-x", "versions": {}}) for name in ("ours", "none")
    ]

    assert [answer.status for answer in answers] == [403, 403]
    assert answers[0].body == answers[1].body
