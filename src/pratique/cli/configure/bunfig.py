"""bun's `bunfig.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pratique.cli.configure.client import Client, Target
from pratique.cli.configure.places import bun_file
from pratique.cli.configure.setup import Plan, Setup, exempt_note, globs_note, written_by
from pratique.cli.configure.toml_keys import as_literal, check_toml, set_keys, table_at
from pratique.core.errors import Invalid

_EXEMPT = "minimumReleaseAgeExcludes"


def plan_bunfig(text: str, setup: Setup) -> Plan:
    """Registry, authority and exemptions in `[install]`.

    Raises:
        Invalid: the file is no TOML, or says one of them in a form that cannot be set aside.

    Source: bun's documentation of bunfig.toml; measured with bun 1.4: `minimumReleaseAgeExcludes` knows no globs, and
    a project's list takes the place of the user's.
    """
    registry = as_literal(f"{setup.base_url}/")
    if setup.token is not None:
        registry = f"{{ url = {registry}, token = {as_literal(setup.token)} }}"
    keys = {"registry": registry}
    if setup.ca is not None:
        keys["cafile"] = as_literal(str(setup.ca))
    install = table_at(check_toml(text), "install")
    if setup.single_names:
        keys[_EXEMPT] = as_literal(_with(install.get(_EXEMPT), setup.single_names))
    return Plan(
        set_keys(text, {"install": keys}, written_by("bun")),
        (*exempt_note(setup.single_names, "bun's own minimumReleaseAge"), *globs_note(setup, "bun"), *_scopes(install)),
    )


def _with(said: object, ours: tuple[str, ...]) -> list[str]:
    if said is not None and not (isinstance(said, list) and all(isinstance(one, str) for one in said)):
        raise Invalid(f"`install.{_EXEMPT}` is no list of names in this file; mend it first")
    mine: list[str] = said or []
    return [*mine, *(one for one in ours if one not in mine)]


def _scopes(install: Mapping[str, object]) -> tuple[str, ...]:
    scopes = install.get("scopes")
    if not isinstance(scopes, dict) or not scopes:
        return ()
    return (f"the file sends {', '.join(scopes)} to registries of their own, which do not pass through Pratique",)


def _find(environment: Mapping[str, str], project: Path | None) -> tuple[Target, ...]:
    return (Target(bun_file(environment, project), plan_bunfig, check_toml),)


def _where_the_token_goes(setup: Setup) -> str:
    key = f"{setup.below_scheme}/:_authToken"
    return f"a project's file is read by others; put the token into your own .npmrc, which bun reads, too: {key}=..."


BUN = Client(
    "bun",
    "npm",
    "/",
    stronger=("BUN_CONFIG_REGISTRY", "NPM_CONFIG_REGISTRY", "npm_config_registry"),
    find=_find,
    where_the_token_goes=_where_the_token_goes,
)
