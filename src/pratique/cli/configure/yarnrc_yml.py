"""The `.yarnrc.yml` of yarn 2 and later."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pratique.cli.configure.client import Client, Target
from pratique.cli.configure.places import yarn_file
from pratique.cli.configure.setup import Plan, Setup, exempt_note, written_by
from pratique.cli.configure.yaml_keys import check_yaml, listed, set_keys
from pratique.core.errors import Invalid

_EXEMPT, _PLAIN, _REGISTRIES = "npmPreapprovedPackages", "unsafeHttpWhitelist", "npmRegistries"


def plan_yarnrc_yml(text: str, setup: Setup) -> Plan:
    """Registry, token, authority and exemptions.

    The token stands under the registry's address, so that no other registry is sent it.

    Raises:
        Invalid: the file is no YAML mapping of one key a line.

    Source: yarn's documentation of yarnrc; measured with yarn 4.18: lists of the home and of a project are joined.
    """
    settings = check_yaml(text)
    wanted: dict[str, Any] = {"npmRegistryServer": f"{setup.base_url}/"}
    if setup.base_url.startswith("http://"):
        wanted[_PLAIN] = listed(settings, _PLAIN, (setup.host,))
    if setup.token is not None:
        access = {"npmAuthToken": setup.token, "npmAlwaysAuth": True}
        wanted[_REGISTRIES] = {**_registries(settings), setup.below_scheme: access}
    if setup.ca is not None:
        wanted["httpsCaFilePath"] = str(setup.ca)
    if setup.own:
        wanted[_EXEMPT] = listed(settings, _EXEMPT, setup.own)
    notes = exempt_note(setup.own, "yarn's own npmMinimalAgeGate (yarn 4.10 and later know npmPreapprovedPackages)")
    scopes = settings.get("npmScopes")
    if isinstance(scopes, dict) and scopes:
        names = ", ".join(f"@{scope}" for scope in scopes)
        notes += (f"the file has settings of their own for {names}: a registry there does not pass through Pratique",)
    return Plan(set_keys(text, wanted, written_by("yarn")), notes)


def _registries(settings: Mapping[str, Any]) -> dict[str, Any]:
    said = settings.get(_REGISTRIES) or {}
    if not isinstance(said, dict):
        raise Invalid(f"`{_REGISTRIES}` is no mapping in this file; mend it first")
    return said


def _find(environment: Mapping[str, str], project: Path | None) -> tuple[Target, ...]:
    return (Target(yarn_file(environment, project), plan_yarnrc_yml, check_yaml),)


def _where_the_token_goes(_setup: Setup) -> str:
    return "a project's file is read by others; give yarn the token as YARN_NPM_AUTH_TOKEN=... or in your own file"


YARN = Client(
    "yarn",
    "npm",
    "/",
    stronger=("YARN_NPM_REGISTRY_SERVER",),
    find=_find,
    where_the_token_goes=_where_the_token_goes,
    stronger_ca=("YARN_HTTPS_CA_FILE_PATH",),
)
