"""The page of what waits for people: for administrators, with everything on it as text."""

from __future__ import annotations

from pratique.core.actors import OPERATOR
from pratique.core.decisions import Mode
from pratique.core.names import EcosystemId, ProjectKey
from pratique.naming.private_names import known_like
from pratique.services.governing.rule_settings import SetRule, set_rule
from pratique.services.names.reservations import Reserve, reserve
from pratique.services.reviewing.report_release import Report, report_release
from tests.flows.accounts.conftest import PASSWORD, Browser, Operator
from tests.harness.site import Site
from tests.protocol.speakers import SPEAKERS

NPM = SPEAKERS[0]
PURL = "pkg:npm/mine@1.0.0"


async def reported(site: Site) -> None:
    assert (await NPM.upload(site, "mine", "1.0.0", site.token)).status in (200, 201)
    await report_release(site.ports, Report(PURL, "<b>it reads</b> tokens", "<i>line 3</i>"), OPERATOR)


async def test_an_administrator_sees_what_waits_and_decides_with_a_reason(site: Site, browser: Browser) -> None:
    await reported(site)
    await browser.sign_in("alice")

    queue = await browser.open("/review")
    case = await browser.open(f"/review/release?purl={PURL}")
    without = await browser.submit("/review", what="clear", purl=PURL, reason="")
    done = await browser.submit("/review", what="confirm", purl=PURL, reason="I saw it")
    await browser.open("/account")
    again = await browser.submit("/review", what="clear", purl=PURL, reason="I did not")
    refused = await site.get(NPM.path("mine", "1.0.0"), site.token)

    assert PURL in queue.text
    assert "&lt;b&gt;it reads&lt;/b&gt; tokens" in queue.text
    assert "<b>it reads" not in queue.text + case.text
    assert "<i>line 3" not in case.text
    assert (without.status, done.status, again.status) == (400, 303, 409)
    assert "was confirmed already by alice: I saw it" in again.text.replace("&#39;", "'")
    assert (refused.status, refused.json()["rule"]) == (403, "revoked")


async def test_names_are_decided_on_the_same_page(site: Site, browser: Browser) -> None:
    await set_rule(site.ports, SetRule(rule="similar_name", mode=Mode.ENFORCE), OPERATOR)
    await NPM.upload(site, "expresss", "1.0.0", site.token)
    await browser.sign_in("alice")

    queue = await browser.open("/review")
    done = await browser.submit("/review", what="approve", ecosystem="npm", name="expresss", reason="ours")

    assert "could be taken for express" in queue.text
    assert done.status == 303
    assert NPM.offered(await NPM.listing(site, "expresss", site.token)) == ["1.0.0"]


async def test_a_public_package_under_a_reserved_name_is_told_there(
    site: Site, browser: Browser, operator: Operator
) -> None:
    known = known_like("npm", "@babel/cor*", 1)[0]
    await reserve(site.ports, Reserve("npm", known), OPERATOR)
    await browser.sign_in("alice")

    queue = await browser.open("/review")
    shown = await operator.types("review")

    for told in (queue.text, shown.out):
        assert ProjectKey(EcosystemId("npm"), known).purl() in told
        assert "is among the most used ones" in told


async def test_the_password_is_asked_for_again_and_nobody_else_decides(site: Site, browser: Browser) -> None:
    await reported(site)
    guest = await browser.open("/review")
    await browser.sign_in("ann")
    forbidden = await browser.open("/review")
    own = await browser.open(f"/review/release?purl={PURL}")
    by_owner = await browser.submit("/review", what="clear", purl=PURL, reason="mine", csrf="")
    other = Browser(site)
    await other.sign_in("alice")
    site.clock.set("+6m")

    await other.open("/review")
    without = await other.submit("/review", what="clear", purl=PURL, reason="fine")
    foreign = await other.submit("/review", origin="https://evil.test", what="clear", purl=PURL, reason="x")
    await other.open("/review")
    done = await other.submit("/review", what="clear", purl=PURL, reason="fine", password=PASSWORD)

    assert (guest.status, guest.headers["Location"]) == (303, "/login")
    assert (forbidden.status, own.status, by_owner.status) == (403, 200, 403)
    assert "pratique appeal" in own.text
    assert "operator reports" not in own.text
    assert (without.status, foreign.status, done.status) == (403, 403, 303), done.text
