"""New names that could be taken for others: held until a person has looked, asked about before, held at install."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import quote

import pytest

from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.core.decisions import EntryKind, Mode
from pratique.core.errors import Conflict, Invalid, NotFound
from pratique.services.governing.list_entries import AddEntry, add_entry
from pratique.services.governing.list_events import ListEvents, list_events
from pratique.services.governing.rule_settings import SetRule, set_rule
from pratique.services.judging.recheck_release import Recheck, recheck_releases
from pratique.services.names.check_name import CheckName, check_name
from pratique.services.names.name_exceptions import ExceptName, except_name
from pratique.services.names.name_reviews import (
    DecideReview,
    ListReviews,
    ReviewShown,
    approve_name,
    list_reviews,
    refuse_name,
)
from pratique.services.names.reservations import Reserve, reserve
from pratique.services.publishing.membership import SetVisibility, set_visibility
from pratique.services.verbs.releases import Waive, waive
from pratique.trust.permissions import Visibility
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site, new_token
from tests.protocol.speakers import SPEAKERS, Speaker

SQUATS = {"npm": ("expresss", "express"), "pypi": ("reqeusts", "requests"), "cargo": ("tokoi", "tokio")}
"""A name that could be taken for a popular one, and that one."""


async def enforced(site: Site) -> None:
    await set_rule(site.ports, SetRule(rule="similar_name", mode=Mode.ENFORCE), OPERATOR)


async def rechecked(site: Site, client: Speaker, name: str) -> None:
    """What the promised job does."""
    await recheck_releases(site.ports, Recheck(1, ((client.ecosystem, name, "1.0.0"),)))


async def waiting(site: Site, **more: Any) -> tuple[ReviewShown, ...]:
    return (await list_reviews(site.ports, ListReviews(**more), OPERATOR)).reviews


async def preflight(site: Site, ecosystem: str, name: str, token: str | None = None, **more: str) -> Any:
    query = "".join(f"&{key}={value}" for key, value in more.items())
    asked = f"/api/v1/names/check?ecosystem={ecosystem}&name={quote(name, safe='')}{query}"
    return await site.get(asked, token)


def told(answer: Any) -> str:
    return answer.text + answer.headers.get("npm-notice", "")


async def test_a_squat_is_taken_in_and_neither_listed_nor_served_until_a_person_approves(
    site: Site, client: Speaker
) -> None:
    await enforced(site)
    squat, popular = SQUATS[client.ecosystem]

    taken = await client.upload(site, squat, "1.0.0", site.token)
    held = await site.get(client.path(squat, "1.0.0"), site.token)
    listing = await client.listing(site, squat, site.token)
    (review,) = await waiting(site)

    assert taken.status in (200, 201), taken.text
    assert f'could be taken for "{popular}"' in told(taken).replace('\\"', '"')
    assert "(similar_name)" in told(taken)
    assert held.status == 403
    assert f"Blocked by policy similar_name: {squat}" in held.reason
    assert listing.status == 403 or client.offered(listing) == []
    assert (review.name, review.state, review.targets[0], review.by) == (squat, "waiting", popular, "ann")
    assert review.verdict == "hold"

    await rechecked(site, client, squat)
    await approve_name(site.ports, DecideReview(client.ecosystem, squat, "it is ours, and old"), OPERATOR)
    await rechecked(site, client, squat)

    assert client.offered(await client.listing(site, squat, site.token)) == ["1.0.0"]
    assert (await site.get(client.path(squat, "1.0.0"), site.token)).status == 200
    assert await waiting(site) == ()
    (decided,) = await waiting(site, every=True)
    assert (decided.state, decided.decided_by, decided.reason) == ("approved", "operator", "it is ours, and old")
    kinds = [one.kind for one in (await list_events(site.ports, ListEvents(), OPERATOR)).events]
    assert {"name_to_review", "name_approved"} <= set(kinds)


async def test_further_releases_of_a_name_that_waits_wait_too_and_go_on_with_it(site: Site, client: Speaker) -> None:
    await enforced(site)
    squat, _ = SQUATS[client.ecosystem]
    await client.upload(site, squat, "1.0.0", site.token)

    second = await client.upload(site, squat, "1.0.1", site.token)
    await approve_name(site.ports, DecideReview(client.ecosystem, squat, "fine"), OPERATOR)

    assert "(similar_name)" in told(second)
    assert client.offered(await client.listing(site, squat, site.token)) == ["1.0.0", "1.0.1"]


async def test_nothing_more_is_published_under_a_refused_name(site: Site, client: Speaker) -> None:
    await enforced(site)
    squat, _ = SQUATS[client.ecosystem]
    await client.upload(site, squat, "1.0.0", site.token)

    await refuse_name(site.ports, DecideReview(client.ecosystem, squat, "a trap"), OPERATOR)
    again = await client.upload(site, squat, "1.0.1", site.token)

    assert again.status == 403
    assert "has a name that a person refused: a trap" in again.reason
    assert (await site.get(client.path(squat, "1.0.0"), site.token)).status == 403
    with pytest.raises(Conflict, match="refused already by operator"):
        await refuse_name(site.ports, DecideReview(client.ecosystem, squat, "again"), OPERATOR)


async def test_while_the_rule_is_on_trial_everything_goes_on_and_the_name_is_noted(site: Site, client: Speaker) -> None:
    squat, popular = SQUATS[client.ecosystem]

    taken = await client.upload(site, squat, "1.0.0", site.token)

    assert "is live" in told(taken)
    assert client.offered(await client.listing(site, squat, site.token)) == ["1.0.0"]
    assert [one.targets[0] for one in await waiting(site)] == [popular]


async def test_where_the_rule_is_off_no_name_is_looked_at(site: Site, client: Speaker) -> None:
    await set_rule(site.ports, SetRule(rule="similar_name", mode=Mode.OFF), OPERATOR)

    await client.upload(site, SQUATS[client.ecosystem][0], "1.0.0", site.token)

    assert await waiting(site) == ()


async def test_who_asks_before_is_told_what_the_publish_would_find(site: Site, client: Speaker) -> None:
    squat, popular = SQUATS[client.ecosystem]

    before = (await preflight(site, client.ecosystem, squat, site.token)).json()
    ordinary = (await preflight(site, client.ecosystem, "frobnicate-the-widget", site.token)).json()
    await client.upload(site, squat, "1.0.0", site.token)
    (review,) = await waiting(site)

    same = ("verdict", "targets", "kind", "score", "why")
    assert [before[one] for one in same] == [getattr(review, one) for one in ("verdict",)] + [
        list(review.targets),
        review.kind,
        review.score,
        review.why,
    ]
    assert before["targets"][0] == popular
    assert ordinary["verdict"] == "ok"


async def many(site: Site, ecosystem: str, names: Any, token: str | None, **more: Any) -> Any:
    body = json.dumps({"ecosystem": ecosystem, "names": names, **more})
    return await site.ask("POST", "/api/v1/names/check-many", token, data=body, Content_Type="application/json")


async def test_who_asks_before_hears_also_what_is_public_popular_denied_or_somebodys(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "frob-public", "1.0.0")
    await client.upload(site, "frob-own", "1.0.0", site.admin)
    await set_visibility(site.ports, SetVisibility(f"pkg:{client.ecosystem}/frob-own", Visibility.PUBLIC), OPERATOR)
    denied = f"pkg:{client.ecosystem}/frob-denied"
    await add_entry(site.ports, AddEntry(kind=EntryKind.DENY, purl=denied, reason="never again"), OPERATOR)
    names = ["frob-public", client.popular, "frob-denied", "frob-own", "frobnicate-the-widget"]

    said = (await many(site, client.ecosystem, names, site.token)).json()["names"]
    mine = (await preflight(site, client.ecosystem, "frob-own", site.admin)).json()

    assert [(one["name"], one["verdict"], one["kind"]) for one in said] == [
        ("frob-public", "hold", "shadows_public"),
        (client.popular, "hold", "shadows_public"),
        ("frob-denied", "hold", "denylist"),
        ("frob-own", "hold", "taken"),
        ("frobnicate-the-widget", "ok", ""),
    ]
    assert "it is the name of a public project" in said[0]["why"]
    assert "never again" in said[2]["why"]
    assert mine["verdict"] == "ok"
    for one in said[:3]:
        taken = await client.upload(site, one["name"], "1.0.0", site.token)
        assert (taken.status, f"policy {one['kind']}" in taken.reason) == (403, True), one


async def test_what_could_not_be_asked_is_said_and_nobody_in_particular_has_upstreams_asked(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    nobody = (await preflight(site, client.ecosystem, "frob-public")).json()
    assert (nobody["verdict"], registry.asked) == ("ok", [])
    assert "upstreams were not asked" in nobody["not_asked"]

    registry.away = True
    member = (await preflight(site, client.ecosystem, "frob-public", site.token)).json()
    assert (member["verdict"], member["kind"]) == ("hold", "shadows_public")
    assert "could be asked" in member["why"]


async def test_who_asks_before_learns_nothing_of_private_names_and_no_upstream_hears_of_them(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    await client.upload(site, "secret", "1.0.0", site.admin)
    await reserve(site.ports, Reserve(ecosystem=client.ecosystem, pattern="acme-core"), OPERATOR)
    registry.asked.clear()

    for away in (False, True):
        registry.away = away
        for token, names in ((None, ("secret", "acme-core")), (site.token, ("secret",)), (site.agent, ("secret",))):
            for name in names:
                private = await preflight(site, client.ecosystem, name, token)
                free = await preflight(site, client.ecosystem, "nowhere-to-be-found", token)
                assert private.text.replace(name, "NAME") == free.text.replace("nowhere-to-be-found", "NAME")
    assert not [path for path in registry.asked if "secret" in path or "acme" in path]


async def test_many_names_are_answered_in_their_order_and_bounded(site: Site) -> None:
    squat, popular = SQUATS["npm"]
    names = [squat, popular, "", "r\u0435act", "@acme/x"]

    answered = await many(site, "npm", names, None, at="install")
    single = [(await preflight(site, "npm", name, at="install")).json() for name in names]

    assert answered.json()["names"] == single
    for wrong in ([], ["a"] * 101, ["a" * 513], [5], "abc"):
        refused = await many(site, "npm", wrong, site.token)
        assert (refused.status, "names" in refused.json()["error"]) == (400, True), wrong
    assert (await many(site, "npm", ["x"], "prq_wrong")).status == 401
    assert (await many(site, "npm", ["x"], None, repository="secret")).status == 401
    assert (await many(site, "perl", ["x"], site.token)).status == 400


async def test_a_name_like_one_published_here_is_found_at_once(site: Site, client: Speaker) -> None:
    await client.upload(site, "acme-widgets", "1.0.0", site.admin)
    await set_visibility(site.ports, SetVisibility(f"pkg:{client.ecosystem}/acme-widgets", Visibility.PUBLIC), OPERATOR)

    theirs = (await preflight(site, client.ecosystem, "acmewidgets", site.token)).json()
    mine = (await preflight(site, client.ecosystem, "acmewidgets", site.admin)).json()

    assert (theirs["verdict"], theirs["targets"]) == ("hold", ["acme-widgets"])
    assert mine["verdict"] == "ok", "names of one owner may be alike"
    assert "is live" in told(await client.upload(site, "acmewidgets", "1.0.0", site.admin))


async def test_a_name_like_one_seen_upstream_is_found(site: Site, registry: PlainRegistry, client: Speaker) -> None:
    client.released(registry, "frob-widgets", "1.0.0")
    await client.listing(site, "frob-widgets", site.token)

    answer = (await preflight(site, client.ecosystem, "frobwidgets", site.token)).json()

    assert (answer["verdict"], answer["targets"]) == ("hold", ["frob-widgets"])


async def test_a_name_like_a_private_one_waits_and_nobody_but_administrators_is_told_why(
    site: Site, client: Speaker
) -> None:
    await enforced(site)
    await client.upload(site, "acme-widgets", "1.0.0", site.admin)

    asked = [await preflight(site, client.ecosystem, "acmewidgets", token) for token in (None, site.token, site.agent)]
    free = await preflight(site, client.ecosystem, "acmegadgets", site.token)
    taken = await client.upload(site, "acmewidgets", "1.0.0", site.token)
    refused = await site.get(client.path("acmewidgets", "1.0.0"), site.token)
    page = await site.get("/r/" + refused.json()["decision_id"], site.token)
    (review,) = await waiting(site)

    same = [{**one.json(), "not_asked": ""} for one in asked]
    assert same == [{**free.json(), "name": "acmewidgets"}] * 3
    assert taken.status in (200, 201)
    assert "could be taken for one that is kept here (similar_name)" in told(taken)
    assert f"pratique review approve {client.ecosystem} acmewidgets" in page.text
    for answer in (taken, refused, page):
        assert "acme-widgets" not in told(answer) + answer.reason
    assert review.targets == ("acme-widgets",)


async def test_a_private_name_that_waits_sounds_to_outsiders_like_one_that_nobody_has(
    site: Site, client: Speaker
) -> None:
    await enforced(site)
    squat, _ = SQUATS[client.ecosystem]
    await client.upload(site, squat, "1.0.0", site.admin)

    for token in (None, site.token, site.agent):
        waits, missing = [await client.listing(site, name, token) for name in (squat, "nowhere-to-be-found")]
        assert (waits.status, waits.text.replace(squat, "NAME")) == (
            missing.status,
            missing.text.replace("nowhere-to-be-found", "NAME"),
        )


async def test_an_exception_lets_the_name_in_until_it_ends(site: Site, client: Speaker) -> None:
    await enforced(site)
    squat, _ = SQUATS[client.ecosystem]
    wanted = ExceptName(client.ecosystem, squat, "our fork", expires_in="1d")
    await except_name(site.ports, wanted, OPERATOR)

    now = (await preflight(site, client.ecosystem, squat, site.token)).json()
    nobodys = (await preflight(site, client.ecosystem, squat)).json()
    site.clock.set("+2d")
    later = (await preflight(site, client.ecosystem, squat, site.token)).json()

    assert (now["verdict"], now["why"]) == ("ok", "excepted by a person: our fork")
    assert (nobodys["verdict"], later["verdict"]) == ("hold", "hold")
    site.clock.set("+0d")
    taken = await client.upload(site, squat, "1.0.0", site.token)
    assert "is live" in told(taken)
    assert await waiting(site) == ()


async def test_what_is_reserved_may_resemble_anything_and_outsiders_do_not_learn_that_it_is(
    site: Site, client: Speaker
) -> None:
    await enforced(site)
    squat, _ = SQUATS[client.ecosystem]
    before = await preflight(site, client.ecosystem, squat)
    await reserve(site.ports, Reserve(ecosystem=client.ecosystem, pattern=squat), OPERATOR)

    assert (await preflight(site, client.ecosystem, squat)).text == before.text
    assert (await preflight(site, client.ecosystem, squat, site.token)).json()["verdict"] == "ok"
    assert "is live" in told(await client.upload(site, squat, "1.0.0", site.token))


async def test_of_two_alike_that_are_founded_at_once_one_waits(site: Site, client: Speaker) -> None:
    await enforced(site)

    answers = await asyncio.gather(
        client.upload(site, "zorp-widgets", "1.0.0", site.token),
        client.upload(site, "zorpwidgets", "1.0.0", site.admin),
    )

    assert [answer.status in (200, 201) for answer in answers] == [True, True]
    assert len(await waiting(site)) == 1


async def test_a_name_known_in_another_ecosystem_is_noted_and_not_held(site: Site) -> None:
    answer = (await preflight(site, "pypi", "lodash", site.token)).json()
    whole = await check_name(site.ports, CheckName("cargo", "requests"), OPERATOR)

    assert (answer["verdict"], answer["kind"], answer["targets"]) == ("note", "other_registry", ["npm:lodash"])
    assert "npm has a package of this name" in answer["why"]
    assert (whole.verdict, whole.kind) == ("note", "other_registry")


async def test_a_name_in_a_namespace_that_is_reserved_in_another_ecosystem_waits(site: Site) -> None:
    from tests.protocol.speakers import PypiSpeaker

    pypi = PypiSpeaker("json", "application/vnd.pypi.simple.v1+json")
    await enforced(site)
    await reserve(site.ports, Reserve(ecosystem="npm", pattern="@zorp/*"), OPERATOR)

    taken = await pypi.upload(site, "zorp-core", "1.0.0", site.token)
    asked = (await preflight(site, "pypi", "zorp-tools", site.token)).json()
    (review,) = await waiting(site)

    assert "could be taken for one that is kept here (similar_name)" in told(taken)
    assert "zorp/" not in told(taken)
    assert (review.verdict, review.kind, review.targets) == ("review", "foreign_namespace", ("npm:@zorp/*",))
    assert asked["verdict"] == "ok", "what is reserved is told to nobody"


async def test_an_upstreams_new_name_like_a_popular_one_is_held_and_the_popular_one_is_served(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    await enforced(site)
    squat, popular = SQUATS[speaker.ecosystem]
    speaker.released(registry, squat, "1.0.0", days=20)
    speaker.released(registry, popular, "1.0.0", days=20)

    listing = await speaker.listing(site, squat, site.token)
    held = await site.get(speaker.path(squat, "1.0.0"), site.token)
    served = await site.get(speaker.path(popular, "1.0.0"), site.token)

    assert speaker.offered(listing) == []
    assert f"did you mean {popular}?" in speaker.told(listing)
    assert held.status == 403
    assert f"Blocked by policy similar_name: {squat}@1.0.0 is new: did you mean {popular}?" in held.reason
    assert served.status == 200

    purl = f"pkg:{speaker.ecosystem}/{squat}"
    await waive(site.ports, Waive(rule="similar_name", purl=purl, reason="we know it"), OPERATOR)
    assert speaker.offered(await speaker.listing(site, squat, site.token)) == ["1.0.0"]
    assert (await site.get(speaker.path(squat, "1.0.0"), site.token)).status == 200


async def test_an_old_name_and_one_that_was_watched_for_a_fortnight_are_served(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    await enforced(site)
    squat, _ = SQUATS[client.ecosystem]
    client.released(registry, squat, "1.0.0", days=20)
    assert client.offered(await client.listing(site, squat, site.token)) == []

    site.clock.set("+15d")

    assert client.offered(await client.listing(site, squat, site.token)) == ["1.0.0"]


async def test_no_snapshot_is_made_for_old_and_for_popular_names(
    site: Site, registry: PlainRegistry, client: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enforced(site)
    asked: list[object] = []
    monkeypatch.setattr(site.ports.names, "likeness", asked.append)
    client.released(registry, "frobnicator", "1.0.0", days=181)
    client.released(registry, client.popular, "1.0.0", days=3)

    await client.listing(site, "frobnicator", site.token)
    await client.listing(site, client.popular, site.token)
    assert asked == []

    client.released(registry, "young-frob", "1.0.0", days=3)
    await client.listing(site, "young-frob", site.token)
    assert asked


ODD = [
    "",
    " ",
    "/",
    "@/x",
    "a" * 2_000,
    "rеquests",
    "req​uests",
    "‮stseuqer",
    "re\u0301\u0301\u0301quests",
    "<script>alert(1)</script>",
    "a\r\nX-Evil: 1",
    "\x1b[31mred",
    "a\x00b",
    "../../etc/passwd",
    "\U0001f4a9",
]


async def test_no_name_breaks_the_check(site: Site) -> None:
    for ecosystem in ("npm", "pypi", "cargo"):
        for name in ODD:
            answer = await preflight(site, ecosystem, name, site.token)
            assert answer.status == 200, (name, answer.text)
            said = answer.json()
            assert (said["verdict"], said["kind"]) == ("hold", "invalid"), name
            assert said["why"].isascii(), name
            assert said["why"].isprintable(), name
    assert (await preflight(site, "npm", "a" * 10_000, site.token)).status == 400, "longer than a request's line"


async def test_who_may_not_read_here_is_told_nothing(site: Site, client: Speaker) -> None:
    narrow = await new_token(site, "ann", ActorKind.CI, frozenset({Operation.PUBLISH}))

    assert (await preflight(site, client.ecosystem, "x", "prq_wrong")).status == 401
    assert (await preflight(site, client.ecosystem, "x", repository="secret")).status == 401
    assert (await preflight(site, "perl", "x", site.token)).status == 400
    assert (await preflight(site, client.ecosystem, "x", narrow)).status in (200, 403)


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/v1/review/list"), ("GET", "/api/v1/names/exceptions")])
async def test_only_administrators_see_the_queue(site: Site, method: str, path: str) -> None:
    statuses = [(await site.ask(method, path, token)).status for token in (None, site.token, site.agent, site.admin)]

    assert statuses == [401, 403, 403, 200]


@pytest.mark.parametrize("path", ["review/approve", "review/refuse", "names/except"])
async def test_only_administrators_decide(site: Site, path: str) -> None:
    body = '{"ecosystem": "npm", "name": "expresss", "reason": "mine"}'
    for token, status in ((None, 401), (site.token, 403), (site.agent, 403)):
        answer = await site.ask("POST", f"/api/v1/{path}", token, data=body, Content_Type="application/json")
        assert answer.status == status


async def test_a_decision_needs_a_name_that_waits_and_a_reason(site: Site) -> None:
    with pytest.raises(NotFound, match="does not wait for a person"):
        await approve_name(site.ports, DecideReview("npm", "nobody", "because"), OPERATOR)
    with pytest.raises(Invalid, match="say why"):
        await approve_name(site.ports, DecideReview("npm", "nobody", " "), OPERATOR)
    with pytest.raises(Invalid, match="no duration"):
        await except_name(site.ports, ExceptName("npm", "x", "why", expires_in="soon"), OPERATOR)


async def test_who_asks_for_a_name_of_another_ecosystem_is_told_so_and_learns_nothing_of_private_ones(
    site: Site, registry: PlainRegistry
) -> None:
    pypi = SPEAKERS[2]
    missing = await pypi.listing(site, "lodash", site.token)
    await reserve(site.ports, Reserve(ecosystem="pypi", pattern="lodash"), OPERATOR)
    await pypi.upload(site, "lodash", "1.0.0", site.admin)

    private = await pypi.listing(site, "lodash", site.token)

    assert missing.status == 404
    assert "lodash is not in the repository main, nor in any upstream of it (a package of this name exists in npm)" in (
        missing.text
    )
    assert (private.status, private.text) == (missing.status, missing.text)
