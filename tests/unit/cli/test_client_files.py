"""What is written for pnpm, yarn, bun and poetry, read as these clients read it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml

from pratique.cli.configure.bunfig import plan_bunfig
from pratique.cli.configure.cargo_config import plan_cargo_config
from pratique.cli.configure.marks import mark, unmark
from pratique.cli.configure.pip_conf import plan_pip_conf
from pratique.cli.configure.pnpm_config import plan_auth_ini, plan_pnpm_config
from pratique.cli.configure.poetry_toml import plan_poetry_config, plan_poetry_toml, plan_pyproject
from pratique.cli.configure.setup import Plan, Setup
from pratique.cli.configure.uv_toml import plan_uv_toml
from pratique.cli.configure.yarnrc import plan_token, plan_yarnrc
from pratique.cli.configure.yarnrc_yml import plan_yarnrc_yml
from pratique.core.errors import Invalid

BASE = "https://packages.example.test/main/npm"
PYPI = "https://packages.example.test/main/pypi"
OWN = ("@acme/*", "tools")
PLAIN = Setup(BASE)
FULL = Setup(BASE, "prq_t", OWN, ("@acme/one", "tools"), Path("/etc/ca.pem"))
PYTHON = Setup(PYPI, "prq_t", ("acme-*", "tools"), ("acme-one", "tools"), Path("/etc/ca.pem"))


def text_of(plan: Plan, before: str = "") -> str:
    assert plan.change is not None
    after = mark(before, plan.change)
    assert unmark(after).text == before
    return after


def told(plan: Plan) -> str:
    return "\n".join(plan.notes)


def test_bun_gets_registry_token_authority_and_every_own_name() -> None:
    before = "[install]\nexact = true\nminimumReleaseAge = 86400\nminimumReleaseAgeExcludes = ['mine']\n"
    plan = plan_bunfig(before, FULL)
    assert tomllib.loads(text_of(plan, before))["install"] == {
        "exact": True,
        "minimumReleaseAge": 86400,
        "minimumReleaseAgeExcludes": ["mine", "@acme/one", "tools"],
        "registry": {"url": f"{BASE}/", "token": "prq_t"},
        "cafile": "/etc/ca.pem",
    }
    assert "exempt from bun's own minimumReleaseAge: @acme/one, tools" in told(plan)
    assert "bun exempts single names only" in told(plan)
    assert tomllib.loads(text_of(plan_bunfig("", PLAIN))) == {"install": {"registry": f"{BASE}/"}}


def test_bun_is_told_of_scopes_that_go_elsewhere() -> None:
    before = "[install.scopes]\n'@other' = 'https://other.example.test'\n"
    assert "the file sends @other to registries of their own" in told(plan_bunfig(before, PLAIN))


def test_pnpm_gets_registry_and_exemptions_in_yaml_and_the_rest_beside_it() -> None:
    before = "minimumReleaseAge: 1440\nminimumReleaseAgeExclude:\n- mine\n"
    plan = plan_pnpm_config(before, FULL)
    assert yaml.safe_load(text_of(plan, before)) == {
        "minimumReleaseAge": 1440,
        "minimumReleaseAgeExclude": ["mine", "@acme/*", "tools"],
        "registry": f"{BASE}/",
    }
    assert "exempt from pnpm's own minimumReleaseAge: @acme/*, tools" in told(plan)
    beside = text_of(plan_auth_ini("cafile=/old\n", FULL), "cafile=/old\n").splitlines()
    assert f"//{BASE.removeprefix('https://')}/:_authToken=prq_t" in beside
    assert [line for line in beside if line.startswith("cafile")] == ["cafile=/etc/ca.pem"]
    assert plan_auth_ini("", PLAIN).change is None


def test_pnpms_own_age_gate_is_turned_off_and_this_is_told() -> None:
    plan = plan_pnpm_config("", FULL)

    assert yaml.safe_load(text_of(plan))["minimumReleaseAge"] == 0
    assert "not hear of what is revoked here" in told(plan)


@pytest.mark.parametrize(("said", "told_of_it"), [("1440", True), ("0", False)])
def test_an_age_gate_that_somebody_asked_pnpm_for_stays(said: str, told_of_it: bool) -> None:
    before = f"minimumReleaseAge: {said}\n"
    plan = plan_pnpm_config(before, FULL)

    assert yaml.safe_load(text_of(plan, before))["minimumReleaseAge"] == int(said)
    assert ("the file sets minimumReleaseAge, which stays" in told(plan)) == told_of_it


def test_yarn_gets_its_token_under_the_registrys_address_beside_those_of_others() -> None:
    before = "npmRegistries:\n  //other.test:\n    npmAuthToken: mine\nunsafeHttpWhitelist: [a.test]\n"
    plan = plan_yarnrc_yml(before, FULL)
    assert yaml.safe_load(text_of(plan, before)) == {
        "npmRegistryServer": f"{BASE}/",
        "npmRegistries": {
            "//other.test": {"npmAuthToken": "mine"},
            f"//{BASE.removeprefix('https://')}": {"npmAuthToken": "prq_t", "npmAlwaysAuth": True},
        },
        "unsafeHttpWhitelist": ["a.test"],
        "npmPreapprovedPackages": ["@acme/*", "tools"],
        "httpsCaFilePath": "/etc/ca.pem",
    }
    assert "npmMinimalAgeGate" in told(plan)
    in_clear = text_of(plan_yarnrc_yml(before, Setup("http://127.0.0.1:7417/main/npm")), before)
    assert yaml.safe_load(in_clear)["unsafeHttpWhitelist"] == ["a.test", "127.0.0.1"]


def test_yarn_is_told_of_scopes_with_settings_of_their_own() -> None:
    before = "npmScopes:\n  acme:\n    npmRegistryServer: https://other.example.test\n"
    assert "@acme: a registry there does not pass through Pratique" in told(plan_yarnrc_yml(before, PLAIN))


@pytest.mark.parametrize("text", ["npmRegistries: [a]\n", "npmPreapprovedPackages: a\n"])
def test_a_yarn_file_of_another_shape_is_left_alone(text: str) -> None:
    with pytest.raises(Invalid, match="mend it first"):
        plan_yarnrc_yml(text, FULL)


def test_yarn_1_gets_its_registry_in_one_file_and_its_token_in_the_other() -> None:
    before = 'registry "https://old.example.test"\n"cafile" /old\nlastUpdateCheck 1\n'
    written = [line for line in text_of(plan_yarnrc(before, FULL), before).splitlines() if not line.startswith("#")]
    assert written == ["lastUpdateCheck 1", f'registry "{BASE}/"', 'cafile "/etc/ca.pem"']
    token = text_of(plan_token("[section]\nx=1\n", FULL), "[section]\nx=1\n")
    assert token.index("_authToken=prq_t\nalways-auth=true\n") < token.index("[section]")
    assert plan_token("", PLAIN).change is None


def test_two_clients_in_one_file_are_taken_back_one_by_one() -> None:
    mine = "fund=false\n"
    first = mark(mine, plan_token(mine, FULL).change, owner="yarn1")  # type: ignore[arg-type]
    both = mark(first, plan_token(first, FULL).change, new_file=True)  # type: ignore[arg-type]
    assert unmark(both).text == first
    assert not unmark(both, "yarn1").was_new
    assert unmark(unmark(both, "yarn1").text).text == mine
    assert unmark(unmark(both).text, "yarn1").text == mine


def test_poetry_gets_a_primary_source_in_the_project_and_the_rest_in_settings() -> None:
    before = (
        '[project]\nname = "p"\n[[tool.poetry.source]]\nname = "pratique"\nurl = "old"\n'
        '[[tool.poetry.source]]\nname = "other"\nurl = "https://other.example.test"\n[tool.poetry.dependencies]\n'
    )
    plan = plan_pyproject(before, PYTHON)
    found = tomllib.loads(text_of(plan, before))
    assert found["tool"]["poetry"]["source"] == [
        {"name": "other", "url": "https://other.example.test"},
        {"name": "pratique", "url": f"{PYPI}/simple/", "priority": "primary"},
    ]
    assert "the project names further sources (other)" in told(plan)
    settings = "[solver]\nmin-release-age = 3\nmin-release-age-exclude = ['mine']\n"
    assert tomllib.loads(text_of(plan_poetry_config(settings, PYTHON), settings)) == {
        "repositories": {"pratique": {"url": f"{PYPI}/legacy/"}},
        "http-basic": {"pratique": {"username": "__token__", "password": "prq_t"}},
        "certificates": {"pratique": {"cert": "/etc/ca.pem"}},
        "solver": {"min-release-age": 3, "min-release-age-exclude": ["mine", "acme-one", "tools"]},
    }
    shared = tomllib.loads(text_of(plan_poetry_toml("", PYTHON)))
    assert shared == {"solver": {"min-release-age-exclude": ["acme-one", "tools"]}}
    assert plan_poetry_toml("", Setup(PYPI)).change is None


@pytest.mark.parametrize(
    "text",
    ["tool.poetry.source = []\n", "[tool.poetry]\nsource = [{name = 'x'}]\n", "[tool.poetry]\nsource = 1\n", "a = "],
)
def test_a_project_that_lists_its_sources_otherwise_is_left_alone(text: str) -> None:
    with pytest.raises(Invalid):
        plan_pyproject(text, PYTHON)


def test_a_private_authority_goes_into_the_files_that_can_hold_it() -> None:
    pip = text_of(plan_pip_conf("[global]\ncert = /old\n", PYTHON), "[global]\ncert = /old\n")
    assert [line for line in pip.splitlines() if line.startswith("cert")] == ["cert = /etc/ca.pem"]
    before = "[http]\ntimeout = 3\ncainfo = '/old'\n"
    cargo = tomllib.loads(text_of(plan_cargo_config(before, FULL), before))
    assert cargo["http"] == {"timeout": 3, "cainfo": "/etc/ca.pem"}
    for ends in ("[http]", "[net]\nretry = 1", ""):
        found = tomllib.loads(text_of(plan_cargo_config(ends, FULL), ends))
        assert found["http"]["cainfo"] == "/etc/ca.pem"
        assert found["source"]["crates-io"] == {"replace-with": "pratique"}
    assert "export SSL_CERT_FILE=/etc/ca.pem" in told(plan_uv_toml("", PYTHON))


def test_an_age_gate_of_cargo_that_exempts_no_names_is_told() -> None:
    before = '[registry]\nglobal-min-publish-age = "3 days"\n'
    assert "knows no exempt names" in told(plan_cargo_config(before, PLAIN))
