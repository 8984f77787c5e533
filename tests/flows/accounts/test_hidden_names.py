"""The management API gives no private name away: what is hidden sounds like what is not there."""

from __future__ import annotations

import pytest

from pratique.core.actors import ActorKind, Operation
from tests.flows.accounts.conftest import Api
from tests.harness.server import Answer
from tests.harness.site import Site, new_token
from tests.protocol.speakers import NpmSpeaker

NPM = NpmSpeaker("full", "application/json")
ANY_ACCOUNTS = frozenset(Operation) - {Operation.POLICY, Operation.APPROVE, Operation.ACCOUNTS}


async def asked(api: Api, verb: str, name: str, token: str | None, **fields: str) -> tuple[int, str]:
    """The status, and the answer with the name taken out."""
    purl = f"pkg:npm/{name}"
    answer: Answer
    if verb in ("/explain", "/exposure", "/project/show"):
        answer = await api.get(verb, token, purl=purl)
    else:
        answer = await api.post(verb, token, purl=purl, **fields)
    return answer.status, answer.json()["error"].replace(name, "NAME")


VERBS = [
    ("/explain", {}),
    ("/project/show", {}),
    ("/exposure", {}),
    ("/revoke", {"reason": "x"}),
    ("/unrevoke", {}),
    ("/project/visibility", {"visibility": "public"}),
    ("/project/status", {"status": "archived"}),
    ("/project/status", {"status": "quarantined", "reason": "r"}),
    ("/project/member", {"user": "eve", "role": "owner"}),
]


@pytest.mark.parametrize(("verb", "fields"), VERBS, ids=[verb for verb, _ in VERBS])
async def test_whoever_is_no_member_hears_the_same_of_a_private_name_and_of_none(
    site: Site, api: Api, verb: str, fields: dict[str, str]
) -> None:
    assert (await NPM.upload(site, "secret", "1.0.0", site.admin)).status == 201
    anns = await new_token(site, "ann", ActorKind.USER, ANY_ACCOUNTS)
    narrow = await new_token(site, "ann", ActorKind.USER, frozenset({Operation.READ, Operation.REVOKE}), names=("x",))

    for token in (None, anns, narrow):
        private, missing = [await asked(api, verb, name, token, **fields) for name in ("secret", "nowhere-to-be-found")]
        assert private == missing
        assert private[0] in (401, 403, 404)


async def test_a_reserved_name_is_explained_to_outsiders_as_missing(site: Site, api: Api) -> None:
    await api.post("/reserve", site.admin, ecosystem="npm", pattern="codename")

    reserved, missing = [await asked(api, "/explain", name, None) for name in ("codename", "nowhere-to-be-found")]

    assert reserved == missing
    assert reserved[0] == 404


async def test_nobody_in_particular_learns_which_repositories_there_are(site: Site, api: Api) -> None:
    for verb, fields in (("/explain", {"purl": "pkg:npm/left"}), ("/own-names", {"ecosystem": "npm"})):
        answer = await api.get(verb, None, repository="other", **fields)
        assert answer.status == 401
        assert "main" not in answer.text
        assert "there is: main" in (await api.get(verb, site.token, repository="other", **fields)).json()["error"]
