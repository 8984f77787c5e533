"""cargo's `config.toml`: this server in place of the public index, and by the name `pratique` for own crates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pratique.cli.configure.client import Client, Target
from pratique.cli.configure.marks import Change, lines_of
from pratique.cli.configure.places import cargo_file
from pratique.cli.configure.setup import Plan, Setup, written_by
from pratique.cli.configure.toml_keys import as_literal, check_toml, set_keys, table_at
from pratique.core.errors import Invalid

NAME = "pratique"
"""Of the registry and of the source, also in CARGO_REGISTRIES_PRATIQUE_TOKEN."""

_HEADER = re.compile(r"\s*\[\s*(?P<table>[^\[\]]+?)\s*\]\s*(?:#.*)?$")
_OURS = (("source", "crates-io"), ("source", NAME), ("registries", NAME))


def plan_cargo_config(text: str, setup: Setup) -> Plan:
    """The tables at the end; those of the same names are set aside.

    A token is for the members' index only, which always asks for one; the other is for everybody.

    Raises:
        Invalid: the file is no TOML, or says the same in a form that cannot be set aside.

    Source: The Cargo Book, "Source Replacement", "Configuration" and "Registry Authentication".
    """
    settings = check_toml(text)
    lines = lines_of(text)
    aside = _tables_to_replace(lines)
    _refuse_what_stays(settings, "".join(line for number, line in enumerate(lines) if number not in aside))
    authority = _authority(text, setup)
    block = [
        written_by("cargo"),
        "[source.crates-io]",
        f'replace-with = "{NAME}"',
        f"[source.{NAME}]",
        f'registry = "sparse+{setup.base_url}/index/"',
        f"[registries.{NAME}]",
        f'index = "sparse+{setup.base_url}/members/index/"',
        'credential-provider = "cargo:token"',
    ]
    if setup.token is not None:
        block.append(f'token = "{setup.token}"')
    if authority is None:
        return Plan(Change(tuple(block), len(lines), frozenset(aside)), _notes(setup, settings))
    # Theirs comes first: it may stand below a header that ends the file.
    both = Change(authority.block, authority.at, authority.aside | aside, ((len(lines), tuple(block)),))
    return Plan(both, _notes(setup, settings))


def _authority(text: str, setup: Setup) -> Change | None:
    """The change that has cargo trust the authority, for git as well. Raises Invalid if `http` has an odd form."""
    if setup.ca is None:
        return None
    return set_keys(text, {"http": {"cainfo": as_literal(str(setup.ca))}}, written_by("cargo"))


def _tables_to_replace(lines: list[str]) -> set[int]:
    """Lines of every table that we write ourselves."""
    found: set[int] = set()
    inside = False
    for number, line in enumerate(lines):
        if line.lstrip().startswith("["):
            header = _HEADER.match(line.rstrip("\r\n"))
            inside = header is not None and _path(header["table"]) in _OURS
        if inside:
            found.add(number)
    return found


def _path(table: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in table.split("."))


def _refuse_what_stays(before: Mapping[str, Any], kept: str) -> None:
    """Where one of our tables is still there without its lines, it is written in a form that we cannot set aside."""
    left = check_toml(kept)
    for outer, inner in _OURS:
        table = left.get(outer, {})
        if not isinstance(table, dict) or inner in table:
            raise Invalid(
                f"the file says `{outer}.{inner}` in a form that cannot be changed; write it as [{outer}.{inner}]"
            )
    outside = {key: value for key, value in before.items() if key not in ("source", "registries")}
    if {key: value for key, value in left.items() if key not in ("source", "registries")} != outside:
        raise Invalid("the file has tables in a form that cannot be changed safely; write each under its own [header]")


def _notes(setup: Setup, settings: Mapping[str, Any]) -> tuple[str, ...]:
    notes = [
        f'own crates come from the registry "{NAME}": cargo add --registry {NAME} NAME; cargo publish --registry {NAME}'
    ]
    if setup.token is None:
        notes.append(f"for own crates give cargo a token once: cargo login --registry {NAME}")
    if "global-min-publish-age" in table_at(settings, "registry"):
        notes.append("cargo's own global-min-publish-age knows no exempt names: your own new crates wait for it, too")
    return tuple(notes)


def _where_the_token_goes(_setup: Setup) -> str:
    return f"a project's file is read by others; give cargo the token by `cargo login --registry {NAME}`"


def _find(environment: Mapping[str, str], project: Path | None) -> tuple[Target, ...]:
    return (Target(cargo_file(environment, project), plan_cargo_config, check_toml),)


CARGO = Client(
    "cargo",
    "cargo",
    "/index/",
    stronger=("CARGO_SOURCE_CRATES_IO_REPLACE_WITH", "CARGO_REGISTRIES_PRATIQUE_INDEX"),
    find=_find,
    where_the_token_goes=_where_the_token_goes,
    stronger_ca=("CARGO_HTTP_CAINFO",),
    exempts=False,
)
