"""npm's `.npmrc`."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence

from pratique.cli.configure.client import Client, Target
from pratique.cli.configure.marks import Change, lines_of
from pratique.cli.configure.places import npm_file
from pratique.cli.configure.setup import Plan, Setup, exempt_note, written_by
from pratique.core.errors import Invalid
from pratique.core.sentences import clean
from pratique.formats.web_addresses import read_address

_SECTION = re.compile(r"\[[^\]]*\]\s*$")
_STRAY_END = re.compile(r"\r(?!\n|\Z)")
_SCOPE = re.compile(r"\s*(?P<scope>@[^:=\s]+):registry\s*=(?P<address>.*)", re.DOTALL)
_OURS = re.compile(r"\s*registry\s*=\s*[\"']?(https?://[0-9A-Za-z.:\[\]-]+/[a-z0-9][a-z0-9-]{0,62}/npm/?)[\"']?\s*$")
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
    notes = (*_notes(setup), *_scopes_elsewhere(lines, setup))
    return Plan(Change(tuple(block), before_sections(lines), set_aside(lines, replaced)), notes)


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


def _scopes_elsewhere(lines: Sequence[str], setup: Setup) -> Iterator[str]:
    """A sentence for each scope whose packages npm fetches past this server."""
    for line in lines:
        found = _SCOPE.match(line)
        if found is not None:
            address = read_address(found["address"].strip(" \t\r\n\"'"))
            if address is None or address.below(setup.base_url) is None:
                scope, origin = clean(found["scope"]), "an address that is none" if address is None else address.origin
                yield (
                    f"`{scope}:registry=` sends the packages of {scope} to {origin}, round this server; "
                    f"`npm config delete {scope}:registry` ends that"
                )


def commands_without_marks(text: str) -> tuple[str, ...]:
    """What takes our lines out of a file that npm has written anew, without comments and so without our marks.

    Ours is known by its address: `https://host/{repository}/npm/`.
    """
    lines = lines_of(text)
    said = next((found[1] for line in lines if (found := _OURS.match(line)) is not None), None)
    if said is None:
        return ()
    below = "//" + said.partition("://")[2].rstrip("/")
    tokens = sorted({key for line in lines if (key := _key(line)) is not None and key.startswith(f"{below}/:")})
    exempt = ["min-release-age-exclude"] if any("min-release-age-exclude" in line for line in lines) else []
    authority = ["cafile"] if any(_key(line) == "cafile" for line in lines) else []
    return tuple(f"npm config delete {key}" for key in ("registry", *tokens, *exempt, *authority))


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
    unmarked=commands_without_marks,
)
