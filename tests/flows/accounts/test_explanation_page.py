"""The page behind a refusal: plain, complete, and silent about what is not everyone's."""

from __future__ import annotations

import re

from pratique.core.actors import ActorKind, Operation
from tests.flows.accounts.conftest import Api, Browser
from tests.harness.site import Site, new_token
from tests.protocol.speakers import SPEAKERS

NPM = SPEAKERS[0]


async def refused(site: Site, api: Api, name: str, token: str | None = None) -> str:
    """A refusal's decision id."""
    await api.post("/list/add", site.admin, kind="deny", purl=f"pkg:npm/{name}", reason="<b>steals</b> & sells")
    answer = await site.get(f"/main/npm/{name}", token or site.token)
    assert answer.status == 403, answer.text
    return str(answer.json()["decision_id"])


async def test_the_page_says_rule_reason_and_what_to_do(site: Site, api: Api, browser: Browser) -> None:
    decision = await refused(site, api, "evil")

    page = (await browser.open(f"/r/{decision}")).text

    assert "pkg:npm/evil" in page
    assert "denylist" in page
    assert "ask an administrator" in page
    assert decision in page


async def test_what_people_write_is_shown_as_text_and_never_as_markup(site: Site, api: Api, browser: Browser) -> None:
    page = (await browser.open(f"/r/{await refused(site, api, 'evil')}")).text
    assert "<b>steals</b>" not in page
    assert "&lt;b&gt;steals&lt;/b&gt; &amp; sells" in page


async def test_the_same_is_told_as_json(site: Site, api: Api) -> None:
    decision = await refused(site, api, "evil")
    answer = await api.get(f"/decisions/{decision}", site.token)
    assert answer.json()["votes"][0]["rule"] == "denylist"
    assert answer.json()["subject"] == "pkg:npm/evil"


async def test_of_a_private_name_outsiders_see_the_page_of_an_id_that_never_was(
    site: Site, api: Api, browser: Browser
) -> None:
    assert (await NPM.upload(site, "mine", "1.0.0", site.token)).status in (200, 201)
    decision = await refused(site, api, "mine")
    never = "a" * 26

    private, missing = await browser.open(f"/r/{decision}"), await browser.open(f"/r/{never}")
    by_api, never_by_api = await api.get(f"/decisions/{decision}"), await api.get(f"/decisions/{never}")

    assert private.status == missing.status == 404
    assert private.text.replace(decision, never) == missing.text
    assert by_api.text.replace(decision, never) == never_by_api.text
    await api.post("/user/add", site.admin, name="eve")
    eve = await new_token(site, "eve", ActorKind.USER, frozenset({Operation.READ, Operation.EXPLAIN}))
    assert (await api.get(f"/decisions/{decision}", eve)).status == 404


async def test_a_member_who_signs_in_from_there_comes_back_to_the_page(site: Site, api: Api, browser: Browser) -> None:
    await NPM.upload(site, "mine", "1.0.0", site.token)
    decision = await refused(site, api, "mine")
    await browser.open(f"/r/{decision}")
    sign_in = re.search(r'href="(/login\?next=[^"]+)"', browser.page)
    assert sign_in is not None

    await browser.open(sign_in[1])
    onward = re.search(r'name="next" value="([^"]+)"', browser.page)
    assert onward is not None
    answer = await browser.submit("/login", name="ann", password="correct horse battery", next=onward[1])

    assert answer.headers["Location"] == f"/r/{decision}"
    page = await browser.open(answer.headers["Location"])
    assert page.status == 200
    assert "pkg:npm/mine" in page.text


async def test_an_id_of_any_form_is_no_more_than_unknown(browser: Browser) -> None:
    for odd in ("x", "%00", "%2e%2e", "a" * 500, "%3Cscript%3E"):
        answer = await browser.open(f"/r/{odd}")
        assert answer.status == 404
        assert "<script>" not in answer.text


async def test_the_start_page_gives_each_client_its_lines_and_the_age_of_what_is_known(
    site: Site, browser: Browser
) -> None:
    page = (await browser.open("/")).text
    assert f"{site.url}/main/npm/" in page
    assert f"{site.url}/main/pypi/simple/" in page
    assert "known malware is not recognised" in page
