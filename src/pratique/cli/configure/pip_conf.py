"""pip's `pip.conf`."""

from __future__ import annotations

import configparser
import re
from urllib.parse import urlsplit

from pratique.cli.configure.client import Client, Target
from pratique.cli.configure.marks import Change, lines_of
from pratique.cli.configure.places import pip_file
from pratique.cli.configure.setup import Plan, Setup, written_by
from pratique.core.errors import Invalid

_SECTION = re.compile(r"\[(?P<name>[^]]+)\]")
_OPTION = re.compile(r"(?P<key>[^\s=:;#][^=:]*?)\s*[=:]")

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def plan_pip_conf(text: str, setup: Setup) -> Plan:
    """The index in `[global]`; an `index-url` anywhere in the file is set aside.

    Raises:
        Invalid: pip could not read the file as it is.

    Source: pip's documentation of configuration; its parser refuses an option twice in a section.
    """
    check_readable(text)
    lines = lines_of(text)
    block = [written_by("pip"), f"index-url = {setup.with_credentials('/simple/')}"]
    replaced = {"index-url"}
    host = urlsplit(setup.base_url).hostname or ""
    if setup.base_url.startswith("http://") and host not in _LOOPBACK:
        block.append(f"trusted-host = {urlsplit(setup.base_url).netloc.rpartition('@')[2]}")
        replaced.add("trusted-host")
    if setup.ca is not None:
        block.append(f"cert = {setup.ca}")
        replaced.add("cert")
    aside = _option_lines(lines, replaced)
    at = next((number + 1 for number, line in enumerate(lines) if _section(line) == "global"), None)
    if at is None:
        return Plan(Change((block[0], "[global]", *block[1:]), len(lines), aside), _notes(lines))
    return Plan(Change(tuple(block), at, aside), _notes(lines))


def check_readable(text: str) -> None:
    """Raise Invalid if pip could not read this."""
    try:
        configparser.RawConfigParser().read_string(text)
    except configparser.Error as error:
        raise Invalid(f"pip cannot read its file: {' '.join(str(error).split())}; mend it first") from None


def _section(line: str) -> str | None:
    found = _SECTION.match(line)
    return found["name"] if found else None


def _option(line: str) -> str | None:
    found = _OPTION.match(line)
    return found["key"].lower().replace("_", "-") if found else None


def _option_lines(lines: list[str], options: set[str]) -> frozenset[int]:
    """Lines of these options with the indented ones that continue them."""
    found: set[int] = set()
    inside = False
    for number, line in enumerate(lines):
        continued = line[:1].isspace() and line.strip()
        if not continued and line.strip() and not line.startswith(("#", ";")):
            inside = _option(line) in options
        if inside and line.strip() and (continued or _option(line) in options):
            found.add(number)
    return frozenset(found)


def _notes(lines: list[str]) -> tuple[str, ...]:
    options = {_option(line) for line in lines}
    notes = []
    if "extra-index-url" in options:
        notes.append(
            "the file names an extra-index-url: what pip finds there does not pass through Pratique, and a public "
            "release can take the place of a private one; remove it and add that index as an upstream"
        )
    if "uploaded-prior-to" in options:
        notes.append("pip's uploaded-prior-to has no exemptions: your own new releases wait for it, too")
    return tuple(notes)


PIP = Client(
    "pip",
    "pypi",
    "/simple/",
    stronger=("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"),
    find=lambda environment, project: (Target(pip_file(environment, project), plan_pip_conf, check_readable),),
    stronger_ca=("PIP_CERT",),
    exempts=False,
)
