"""cargo's `config.toml`: this server in place of the public index, and by the name `pratique` for own crates."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pratique.cli.configure.client import Client, Target
from pratique.cli.configure.marks import Change, lines_of
from pratique.cli.configure.places import cargo_file
from pratique.cli.configure.setup import Plan, Setup, written_by
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
    return Plan(Change(tuple(block), len(lines), frozenset(aside)), _notes(setup))


def check_toml(text: str) -> dict[str, Any]:
    """The parsed file. Raises Invalid if it is none."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Invalid(f"the file is no TOML: {' '.join(str(error).split())[:200]}; mend it first") from None


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


def _notes(setup: Setup) -> tuple[str, ...]:
    notes = [
        f'own crates come from the registry "{NAME}": cargo add --registry {NAME} NAME; cargo publish --registry {NAME}'
    ]
    if setup.token is None:
        notes.append(f"for own crates give cargo a token once: cargo login --registry {NAME}")
    return tuple(notes)


def _where_the_token_goes(_setup: Setup) -> str:
    return f"a project's file is read by others; give cargo the token by `cargo login --registry {NAME}`"


def _find(environment: Mapping[str, str], project: Path | None) -> Target:
    return Target(cargo_file(environment, project), plan_cargo_config, check_toml)


CARGO = Client(
    "cargo",
    "cargo",
    "/index/",
    stronger=("CARGO_SOURCE_CRATES_IO_REPLACE_WITH", "CARGO_REGISTRIES_PRATIQUE_INDEX"),
    find=_find,
    where_the_token_goes=_where_the_token_goes,
)
