"""What an explanation tells an administrator to run is a command that works as it is written."""

from __future__ import annotations

import re
import shlex

import pytest

from tests.flows.accounts.conftest import Operator
from tests.harness.site import Site
from tests.protocol.speakers import SPEAKERS

NPM = SPEAKERS[0]


@pytest.mark.parametrize(
    ("refused", "command"),
    [
        ("deny pkg:npm/mine@1.0.0 --reason bad --action hold", "pratique approve pkg:npm/mine@1.0.0 --reason ..."),
        ("deny pkg:npm/mine --reason bad --action hold", "pratique approve pkg:npm/mine@VERSION --reason ..."),
        ("deny pkg:npm/mine@1.0.0 --reason bad", "pratique waive denylist pkg:npm/mine@1.0.0 --reason ..."),
        ("deny pkg:npm/mine --reason bad", "pratique waive denylist pkg:npm/mine --reason ..."),
    ],
    ids=["held release", "held project", "denied release", "denied project"],
)
async def test_the_command_that_an_explanation_names_lets_it_through(
    operator: Operator, site: Site, refused: str, command: str
) -> None:
    await NPM.upload(site, "mine", "1.0.0", site.token)
    await operator.types(*shlex.split(refused))
    path = NPM.path("mine", "1.0.0")
    assert (await site.get(path, site.token)).status == 403
    told = await operator.types("explain", "pkg:npm/mine@1.0.0")
    named = re.findall(r"`(pratique [^`]+)`", told.out)
    assert named == [command]

    done = await operator.types(*shlex.split(command.replace("VERSION", "1.0.0"))[1:])

    assert done.code == 0, done.err
    assert (await site.get(path, site.token)).status == 200


async def test_what_needs_two_people_says_so(operator: Operator, site: Site) -> None:
    await NPM.upload(site, "mine", "1.0.0", site.token)
    await operator.types("revoke", "pkg:npm/mine@1.0.0", "--reason", "oops")

    told = await operator.types("explain", "pkg:npm/mine@1.0.0")

    assert "`pratique waive revoked pkg:npm/mine@1.0.0 --reason ...`, and another to confirm it" in told.out
