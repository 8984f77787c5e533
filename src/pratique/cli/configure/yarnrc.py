"""The `.yarnrc` of yarn 1, which takes its token from `.npmrc`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pratique.cli.configure.client import Client, Target
from pratique.cli.configure.marks import Change, lines_of
from pratique.cli.configure.npmrc import before_sections
from pratique.cli.configure.places import npm_file, yarn1_file
from pratique.cli.configure.setup import Plan, Setup, written_by

_KEY = re.compile(r"[\"']?(?P<key>[^\s\"']+)[\"']?(?:\s|$)")


def plan_yarnrc(text: str, setup: Setup) -> Plan:
    """Registry and authority at the end; lines that say otherwise are set aside.

    Source: yarn 1's documentation of .yarnrc; measured with yarn 1.22: `cafile` counts here and not in `.npmrc`.
    """
    entries = {"registry": f"{setup.base_url}/"}
    if setup.ca is not None:
        entries["cafile"] = str(setup.ca)
    lines = lines_of(text)
    aside = frozenset(number for number, line in enumerate(lines) if _key(line) in entries)
    block = (written_by("yarn1"), *(f'{key} "{value}"' for key, value in entries.items()))
    return Plan(Change(block, len(lines), aside))


def plan_token(text: str, setup: Setup) -> Plan:
    """The token, and that yarn 1 is to send it with every request. Of two such lines in the file the last one counts.

    Source: measured with yarn 1.22: a token counts in `.npmrc` only, and without `always-auth` only for scoped names.
    """
    if setup.token is None:
        return Plan(None)
    block = (written_by("yarn1"), f"{setup.below_scheme}/:_authToken={setup.token}", "always-auth=true")
    note = 'npm warns that it does not know "always-auth", which yarn 1 needs there; the warning is harmless'
    return Plan(Change(block, before_sections(lines_of(text))), (note,))


def _key(line: str) -> str | None:
    found = _KEY.match(line)
    return found["key"] if found else None


def _find(environment: Mapping[str, str], project: Path | None) -> tuple[Target, ...]:
    index = Target(yarn1_file(environment, project), plan_yarnrc)
    if project is not None:
        return (index,)
    return (index, Target(npm_file(environment, None), plan_token, holds="the token for yarn 1", owner="yarn1"))


def _where_the_token_goes(setup: Setup) -> str:
    key = f"{setup.below_scheme}/:_authToken"
    return (
        f"a project's file is read by others; put the token into your own .npmrc, in two lines: {key}=... and "
        "always-auth=true"
    )


YARN1 = Client(
    "yarn1",
    "npm",
    "/",
    stronger=("YARN_REGISTRY", "yarn_registry"),
    find=_find,
    where_the_token_goes=_where_the_token_goes,
    stronger_ca=("YARN_CAFILE", "yarn_cafile"),
    exempts=False,
)
