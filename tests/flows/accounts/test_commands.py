"""Every command, on the data folder and from afar: the same verbs, the same answers, the same sentences."""

from __future__ import annotations

import asyncio
import io

import pytest

from pratique.cli.main import main
from pratique.core.account_verbs import Purpose
from tests.flows.accounts.conftest import Operator, made_code
from tests.harness.site import Site
from tests.protocol.speakers import SPEAKERS

NPM = SPEAKERS[0]

STORY = (
    ("user add dora --no-password", "user dora made"),
    ("user list", "dora"),
    ("user disable dora", "dora is disabled"),
    ("user enable dora", "dora is enabled again"),
    ("user promote dora", "dora is an administrator now"),
    ("user demote dora", "dora is no administrator any more"),
    ("reserve npm @acme/* --reason ours", "@acme/* is reserved in npm"),
    ("reservations", "@acme/*"),
    ("unreserve npm @acme/*", "no longer reserved"),
    ("deny pkg:npm/evil@1.0.0 --reason bad --action hold", "pkg:npm/evil 1.0.0 is held"),
    ("deny pkg:npm/worse --versions >=1.0,<2.0 --reason bad --expires 14d", "is denied until"),
    ("allow pkg:npm/good", "is on the allowlist"),
    ("grant pkg:npm/%40acme/*", "is granted to agents"),
    ("lists", "pkg:npm/%40acme/*"),
    ("lists deny", ">=1.0.0,<2.0.0"),
    ("undeny pkg:npm/evil@1.0.0", "no longer denied"),
    ("undeny pkg:npm/worse --versions >=1.0,<2.0", "no longer denied"),
    ("unallow pkg:npm/good", "no longer on the allowlist"),
    ("ungrant pkg:npm/%40acme/*", "no longer granted"),
    ("policy show", "cooldown"),
    ("policy set cooldown --mode dry-run --dry-run-for 7d --option minimum_age_hours=72", "minimum_age_hours=72"),
    ("policy set cooldown --mode dry-run", "cooldown: dry-run until 2"),
    ("policy set cooldown --mode enforce", "cooldown: enforce"),
    ("policy set cooldown --mode dry-run", "it watches without an end and never asks"),
    ("policy set cooldown --mode enforce", "cooldown: enforce"),
    ("project show pkg:npm/mine", "owner: ann"),
    ("project visibility pkg:npm/mine public", "for everyone"),
    ("project visibility pkg:npm/mine members", "for its members"),
    ("project member pkg:npm/mine alice reader", "reader: alice"),
    ("project member pkg:npm/mine alice none", "owner: ann"),
    ("project status pkg:npm/mine deprecated --reason old", "pkg:npm/mine is deprecated: old"),
    ("project status pkg:npm/mine active", "pkg:npm/mine is active"),
    ("explain pkg:npm/mine@1.0.0", "pkg:npm/mine@1.0.0 in main, asked by user"),
    (
        "waive cooldown pkg:npm/mine --reason trusted --for agent --expires 7d",
        "pkg:npm/mine, all versions: cooldown no longer counts (waiver 1)",
    ),
    ("waive cooldown pkg:npm/mine@1.0.0 --reason this", "pkg:npm/mine@1.0.0: cooldown no longer counts (waiver 2)"),
    ("waivers", "trusted"),
    ("withdraw 1", "waiver 1 counts no more"),
    ("withdraw 2", "waiver 2 counts no more"),
    ("waivers", "there are no waivers"),
    ("waivers --ended", "withdrawn"),
    ("revoke pkg:npm/mine@1.0.0 --reason oops", "pkg:npm/mine@1.0.0 is revoked"),
    ("unrevoke pkg:npm/mine@1.0.0", "is served again"),
    ("project proof pkg:npm/mine everybody", "demanded of everybody"),
    ("exposure pkg:npm/mine", "nobody fetched pkg:npm/mine"),
    ("token list", "read"),
    ("token list --user ann", "ann"),
    ("advisories status", "none: known malware is not recognised"),
    ("events", "unrevoked"),
    ("storage", "none (`cache_max_bytes`)"),
    ("rescan pkg:npm/mine", "files are scanned again"),
    ("scan pkg:npm/mine@1.0.0", "mine 1.0.0 (npm): CLEAR"),
    ("scanner", "1 of 1 stored files were scanned"),
    ("admin link", "/admin/claim/"),
)


@pytest.mark.parametrize("here", [True, False], ids=["here", "afar"])
async def test_the_story_of_an_administrator(operator: Operator, site: Site, here: bool) -> None:
    assert (await NPM.upload(site, "mine", "1.0.0", site.token)).status in (200, 201)
    for line, expected in STORY:
        words = line.split()
        if not here and line.startswith(("user promote", "admin link")):
            words += ["--code", await made_code(site, "alice", Purpose.ADMINISTER)]
        told = await operator.types(*words, here=here, token=None if here else site.admin)
        assert told.code == 0, (line, told.err)
        assert expected in told.out, line


READING = (
    "user list",
    "token list --user alice",
    "reservations",
    "names missing",
    "review",
    "names exceptions",
    "lists",
    "policy show",
    "project show pkg:npm/mine",
    "explain pkg:npm/mine@1.0.0",
    "exposure pkg:npm/mine",
    "waivers --ended",
    "advisories status",
    "events --limit 3",
    "storage",
    "scanner",
)


async def test_reading_gives_the_same_json_here_and_from_afar(operator: Operator, site: Site) -> None:
    await NPM.upload(site, "mine", "1.0.0", site.token)
    site.clock.set("2027-01-01T00:00:00Z")
    for line in READING:
        here = await operator.types(*line.split(), "--json")
        afar = await operator.types(*line.split(), "--json", here=False, token=site.admin)
        assert here.json() == afar.json(), line


FAILING = (
    ("user disable nobody-here", 'no account "nobody-here"'),
    ("user promote alice", "is an administrator already"),
    ("user demote ann", "is no administrator"),
    ("user demote alice", "is the only administrator"),
    ("deny left-pad --reason x", "is not a package URL"),
    ("reserve gem x", "npm, pypi"),
    ("review approve npm nobody --reason r", "nobody of npm does not wait for a person"),
    ("review refuse gem x --reason r", "npm, pypi"),
    ("names unexcept nobody -e npm", "there is no exception for nobody"),
    ("names except x -e npm --reason r --expires soon", "is no duration"),
    ("policy set nope --mode off", 'no rule "nope"'),
    ("rescan", "name a project or a release"),
    ("rescan pkg:npm/mine --all", "name a project or a release"),
    ("rescan --all --rules some", 'rules is "changed" or "all"'),
    ("token revoke 999", "no token 999"),
    ("unrevoke pkg:npm/never", ""),
    ("undeny pkg:npm/*", "there is no deny line about every name of npm, all versions"),
    ("undeny pkg:npm/mine@1.0.0", "there is no deny line about mine of npm, versions 1.0.0"),
    (
        "policy set cooldown --option minimum_age_hours=abc",
        "option minimum_age_hours: it needs a whole number, not text",
    ),
    ("approve pkg:npm/mine", "an approval is for one release"),
    ("confirm 99", "no waiver 99"),
    ("withdraw 99", "no waiver 99"),
    ("explain pkg:npm/never-was", "never-was"),
    ("explain aaaaaaaaaaaaaaaaaaaaaaaaaa", "there is no decision"),
    ("lists --repository nope", 'no repository "nope"'),
)


async def test_what_fails_says_the_same_sentence_here_and_from_afar(operator: Operator, site: Site) -> None:
    for line, expected in FAILING:
        here = await operator.types(*line.split())
        afar = await operator.types(*line.split(), here=False, token=site.admin)
        assert (here.code, afar.code) == (1, 1), line
        assert here.err == afar.err, line
        assert expected in here.err, line
        assert here.err.startswith("pratique: "), line
        assert here.err.count("\n") == 1, line


async def test_without_a_token_a_server_elsewhere_says_what_is_needed(operator: Operator) -> None:
    told = await operator.types("user", "list", here=False)
    assert told.code == 1
    assert "pratique token create" in told.err


@pytest.mark.parametrize(
    ("server", "sentence"),
    [
        ("http://127.0.0.1:9", "http://127.0.0.1:9 cannot be reached: Connection refused; is it running?"),
        ("packages.example.test", "is no URL of a server"),
        ("https://packages.example.test/main/npm", "name the server without a path: https://packages.example.test"),
    ],
)
async def test_a_server_that_cannot_be_asked_is_named(
    capsys: pytest.CaptureFixture[str], server: str, sentence: str
) -> None:
    code = await asyncio.to_thread(main, ["lists", "--server", server])
    assert code == 1
    assert sentence in capsys.readouterr().err


async def test_here_and_elsewhere_at_once_is_refused(operator: Operator, site: Site) -> None:
    told = await operator.types("lists", "--server", site.url)
    assert told.code == 1
    assert "not both" in told.err


async def test_a_secret_goes_alone_to_standard_output(operator: Operator) -> None:
    told = await operator.types("token", "create", "ci", "--user", "ann")
    assert told.out.count("\n") == 1
    assert told.out.startswith("prq_")
    assert "shown once" in told.err


async def test_a_password_is_read_from_standard_input(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, site: Site
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("another good one\n"))
    told = await operator.types("user", "password", "ann", "--password-stdin")
    assert told.code == 0, told.err


async def test_where_nobody_can_be_asked_for_a_password_the_way_out_is_named(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    told = await operator.types("user", "add", "dora")
    assert told.code == 1
    assert "--password-stdin" in told.err


async def test_the_only_account_need_not_be_named_and_several_must(operator: Operator) -> None:
    told = await operator.types("token", "create", "ci")
    assert told.code == 1
    assert "--user`: alice, ann" in told.err
    await operator.types("user", "disable", "ann")
    assert (await operator.types("token", "create", "ci")).code == 0


async def test_the_last_administrator_is_not_locked_out_from_afar(operator: Operator, site: Site) -> None:
    afar = await operator.types("user", "disable", "alice", here=False, token=site.admin)
    assert afar.code == 1
    assert "only administrator" in afar.err
    assert (await operator.types("user", "disable", "alice")).code == 0
