"""npm's `.npmrc`."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from pratique.cli.configure.client import Client, Target
from pratique.cli.configure.marks import Change, lines_of
from pratique.cli.configure.places import npm_file
from pratique.cli.configure.setup import Plan, Setup, exempt_note, written_by
from pratique.core.errors import Invalid

_SECTION = re.compile(r"\[[^\]]*\]\s*$")
_STRAY_END = re.compile(r"\r(?!\n|\Z)")
_KEY = re.compile(r"\s*([^=\s;#]+?)\s*(?:=|$)")


def plan_npmrc(text: str, setup: Setup) -> Plan:
    """Registry, token and exemptions at the end; lines that say otherwise are set aside.

    In a file with a `[section]` before that, because it would swallow what stands below it.

    Raises:
        Invalid: npm would see other lines in the file than we do.

    Source: npm's documentation of npmrc and of `min-release-age-exclude`.
    """
    if _STRAY_END.search(text):
        raise Invalid("the file has carriage returns inside its lines, where npm ends a line; mend it first")
    token_key = f"{setup.below_scheme}/:_authToken"
    block = [written_by("npm"), f"registry={setup.base_url}/"]
    replaced = {"registry"}
    if setup.token is not None:
        block.append(f"{token_key}={setup.token}")
        replaced.add(token_key)
    if setup.ca is not None:
        block.append(f"cafile={setup.ca}")
        replaced.add("cafile")
    block += [f"min-release-age-exclude[]={name}" for name in setup.own]
    lines = lines_of(text)
    return Plan(Change(tuple(block), before_sections(lines), set_aside(lines, replaced)), _notes(setup))


def set_aside(lines: Sequence[str], keys: Container[str | None]) -> frozenset[int]:
    """The lines of an npm file that say one of these keys."""
    return frozenset(number for number, line in enumerate(lines) if _key(line) in keys)


def before_sections(lines: Sequence[str]) -> int:
    """Where a file's first `[section]` begins, its end where there is none."""
    return next((number for number, line in enumerate(lines) if _SECTION.match(line)), len(lines))


def _key(line: str) -> str | None:
    found = _KEY.match(line)
    return found[1] if found else None


def _notes(setup: Setup) -> tuple[str, ...]:
    if not setup.own:
        return ()
    others = "pnpm, yarn and bun have age gates of their own: `pratique configure` knows each of them"
    return (*exempt_note(setup.own, "npm's own min-release-age"), others)


def _where_the_token_goes(setup: Setup) -> str:
    key = f"{setup.below_scheme}/:_authToken"
    return f"a project's file is read by others; put the token into your own: npm config set {key} ..."


NPM = Client(
    "npm",
    "npm",
    "/",
    stronger=("npm_config_registry", "NPM_CONFIG_REGISTRY"),
    find=lambda environment, project: (Target(npm_file(environment, project), plan_npmrc),),
    where_the_token_goes=_where_the_token_goes,
    stronger_ca=("npm_config_cafile", "NPM_CONFIG_CAFILE"),
)
