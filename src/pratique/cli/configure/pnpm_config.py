"""pnpm's `config.yaml` and `auth.ini`, and `pnpm-workspace.yaml` of a project."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pratique.cli.configure.client import Client, Target
from pratique.cli.configure.marks import Change, lines_of
from pratique.cli.configure.npmrc import set_aside
from pratique.cli.configure.places import pnpm_files
from pratique.cli.configure.setup import Plan, Setup, exempt_note, written_by
from pratique.cli.configure.yaml_keys import check_yaml, listed, set_keys

_GATE, _EXEMPT = "minimumReleaseAge", "minimumReleaseAgeExclude"
_GATE_OFF = (
    f"pnpm's own {_GATE} is off: for a day it would answer from its cache and not hear of what is revoked here; the "
    "server's cooldown holds young releases for everybody"
)
_GATE_STAYS = (
    f"the file sets {_GATE}, which stays: for so long pnpm answers from its cache, and installs again what was revoked "
    "here meanwhile; 0 leaves ages to the server's cooldown"
)


def plan_pnpm_config(text: str, setup: Setup) -> Plan:
    """Registry, exemptions, and no age gate of pnpm's own where nobody asked for one.

    The exemptions are for projects that do.

    Raises:
        Invalid: the file is no YAML mapping of one key a line.

    Source: pnpm's documentation of settings; measured with pnpm 12: `registry` in these files comes before every
    `.npmrc`, token and `cafile` count in `auth.ini` and `.npmrc` only, a project's list of exemptions takes the
    place of the user's, and pnpm itself writes such a list. The gate, a day by default, refuses nothing by itself,
    but what pnpm has cached for less than that it does not ask for again (docs/adr/0014).
    """
    settings = check_yaml(text)
    wanted: dict[str, Any] = {"registry": f"{setup.base_url}/"}
    notes = exempt_note(setup.own, f"pnpm's own {_GATE}")
    if setup.own:
        wanted[_EXEMPT] = listed(settings, _EXEMPT, setup.own)
        notes += (f"a project whose pnpm-workspace.yaml has a {_EXEMPT} goes by that one: --project adds these there",)
    if settings.get(_GATE) is None:
        wanted[_GATE] = 0
        notes += (_GATE_OFF,)
    elif settings[_GATE] != 0:
        notes += (_GATE_STAYS,)
    return Plan(set_keys(text, wanted, written_by("pnpm")), notes)


def plan_auth_ini(text: str, setup: Setup) -> Plan:
    """Token and authority, which pnpm takes from no YAML."""
    entries = []
    if setup.token is not None:
        entries.append((f"{setup.below_scheme}/:_authToken", setup.token))
    if setup.ca is not None:
        entries.append(("cafile", str(setup.ca)))
    if not entries:
        return Plan(None)
    lines = lines_of(text)
    block = (written_by("pnpm"), *(f"{key}={value}" for key, value in entries))
    return Plan(Change(block, len(lines), set_aside(lines, {key for key, _value in entries})))


def _find(environment: Mapping[str, str], project: Path | None) -> tuple[Target, ...]:
    settings, auth = pnpm_files(environment, project)
    index = Target(settings, plan_pnpm_config, check_yaml)
    if auth is None:
        return (index,)
    return (index, Target(auth, plan_auth_ini, holds="what pnpm needs beside it: token or authority"))


def _where_the_token_goes(setup: Setup) -> str:
    key = f"{setup.below_scheme}/:_authToken"
    return f"a project's file is read by others; put the token into your own: pnpm config set {key} ..."


PNPM = Client(
    "pnpm",
    "npm",
    "/",
    stronger=("PNPM_CONFIG_REGISTRY", "pnpm_config_registry"),
    find=_find,
    where_the_token_goes=_where_the_token_goes,
    stronger_ca=("PNPM_CONFIG_CAFILE", "pnpm_config_cafile"),
)
