"""A project whose owners demand it takes a publish only with a one-time code of the person who publishes."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from pratique.core.account_verbs import PublishProof
from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.core.errors import CodeNeeded
from pratique.services.ports import Caller
from pratique.services.publish_proof import SetPublishProof, set_publish_proof, set_publish_proof_by_client
from pratique.services.sign_in import SignIn
from pratique.services.visits import visit_repository
from tests.flows.accounts.conftest import PASSWORD, Api, Browser
from tests.flows.accounts.test_client_account import confirmed
from tests.flows.accounts.test_client_login import path_of
from tests.harness import packages
from tests.harness.server import Answer
from tests.harness.site import Site, new_token
from tests.protocol.speakers import SPEAKERS

NPM, PYPI = SPEAKERS[0], SPEAKERS[2]
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
    visit = await visit_repository(site.ports, "main", "npm", actor)
    await browser.sign_in("ann")

    with pytest.raises(CodeNeeded):
        await set_publish_proof_by_client(site.ports, visit, "ours", PublishProof.NOBODY)
    visit = replace(visit, caller=Caller(code=await shown_code(browser, "proof")))
    await set_publish_proof_by_client(site.ports, visit, "ours", PublishProof.NOBODY)

    assert (await publish(site, "1.0.1", site.token)).status == 201
