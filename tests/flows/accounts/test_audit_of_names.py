"""`pratique names audit` and `names reserve`: what a project's files name, and what becomes of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flows.accounts.conftest import Operator
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site, running_site


@pytest.fixture
async def site(tmp_path: Path, registry: PlainRegistry) -> AsyncIterator[Site]:
    async with running_site(tmp_path / "site", registry.settings) as running:
        yield running


@pytest.fixture
def registry():
    with PlainRegistry() as running:
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "package.json").write_text(
        '{"dependencies": {"react": "^18", "left": "1", "@acme-of-nowhere/core": "1", "typoo-of-mine": "1"}}'
    )
    return folder


@pytest.mark.parametrize("here", [True, False], ids=["here", "afar"])
async def test_an_audit_finds_what_others_could_take_and_tells_upstreams_no_private_name(
    operator: Operator, site: Site, registry: PlainRegistry, project: Path, here: bool
) -> None:
    registry.npm("left", "1.0.0", days=400)
    token = None if here else site.admin

    found = await operator.types("names", "audit", str(project), "--json", here=here, token=token)

    assert found.code == 1
    risks = {one["name"]: (one["risk"], one["files"]) for one in found.json()["at_risk"]}
    assert risks == {
        "@acme-of-nowhere/core": ("not asked", ["package.json"]),
        "typoo-of-mine": ("free", ["package.json"]),
    }
    assert not any("acme" in path for path in registry.asked)

    asked = await operator.types("names", "audit", str(project), "--ask", here=here, token=token)
    assert "nobody has it in public: anybody can take it; it is in @acme-of-nowhere" in asked.out
    assert any("acme" in path for path in registry.asked)


async def test_an_audit_reserves_what_it_found_and_finds_nothing_then(
    operator: Operator, site: Site, registry: PlainRegistry, project: Path
) -> None:
    registry.npm("left", "1.0.0", days=400)

    reserved = await operator.types("names", "audit", str(project), "--reserve")
    again = await operator.types("names", "audit", str(project))

    assert (reserved.code, reserved.out.count("reserved now")) == (0, 2)
    assert (again.code, "no name that others could take" in again.out) == (0, True)
    answer = await site.get("/main/npm/typoo-of-mine", site.token)
    assert (answer.status, "(found by an audit)" in answer.reason) == (403, True)


async def test_a_private_name_that_somebody_has_in_public_is_told(
    operator: Operator, registry: PlainRegistry, project: Path
) -> None:
    registry.npm("@acme-of-nowhere/core", "99.0.0", days=1)

    found = await operator.types("names", "audit", str(project), "--ask")

    assert "somebody has it in public; it is in @acme-of-nowhere" in found.out


async def test_offline_nobody_is_asked(operator: Operator, registry: PlainRegistry, project: Path) -> None:
    found = await operator.types("names", "audit", str(project), "--offline", "--json")

    assert [one["name"] for one in found.json()["at_risk"]] == ["@acme-of-nowhere/core"]
    assert (found.json()["names"], found.json()["unknown"]) == (4, 2)
    assert registry.asked == []


async def test_names_that_an_agent_asked_for_in_vain_are_reserved_with_one_command(
    operator: Operator, site: Site
) -> None:
    for _ in range(2):
        await site.get("/main/npm/invented-often", site.agent)
    await site.get("/main/npm/invented-once", site.agent)
    await site.get("/main/npm/typed-by-a-person", site.token)

    told = await operator.types("names", "reserve", "-e", "npm", "--missing", "mine-*")

    assert "invented-often is reserved in npm" in told.out
    assert "mine-* is reserved in npm" in told.out
    assert "invented-once" not in told.out
    assert "typed-by-a-person" not in told.out
    answer = await site.get("/main/npm/invented-often", site.agent)
    assert "(asked for in vain)" in answer.reason


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("names audit PROJECT --offline --ask", "give one of the two"),
        ("names audit /no/such/folder", "is no folder"),
        ("names reserve -e npm", "name what to reserve"),
        ("names reserve -e npm --missing", "nothing was asked for in vain so often"),
        ("names reserve -e gem x", "npm, pypi"),
    ],
)
async def test_what_cannot_be_done_is_told(operator: Operator, project: Path, line: str, said: str) -> None:
    told = await operator.types(*line.replace("PROJECT", str(project)).split())

    assert (told.code, said in told.err) == (1, True)


async def test_names_of_ecosystems_that_are_not_served_are_told_and_not_reserved(
    operator: Operator, site: Site, tmp_path: Path
) -> None:
    (tmp_path / "gems").mkdir()
    (tmp_path / "gems" / "Gemfile").write_text('gem "rails"\ngem "acme-core", path: "core"\n')

    found = await operator.types("names", "audit", str(tmp_path / "gems"), "--reserve")

    assert found.code == 1
    assert "comes from a folder" in found.out
    assert "nobody was asked about rubygems, and nothing can be reserved there" in found.out
    assert "rails" not in found.out
