"""uv's `uv.toml`, and the same settings below `[tool.uv]` in `pyproject.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pratique.cli.configure.client import Client, Target
from pratique.cli.configure.marks import Change, lines_of, mark
from pratique.cli.configure.places import uv_file
from pratique.cli.configure.setup import Plan, Setup, exempt_note, globs_note, written_by
from pratique.cli.configure.toml_keys import check_toml
from pratique.cli.configure.toml_lists import tables_where
from pratique.core.errors import Invalid

NAME = "pratique"
"""The index's name, also in UV_INDEX_PRATIQUE_USERNAME."""

_TABLE = re.compile(r"\s*\[")


def plan_uv_toml(text: str, setup: Setup, *, below: str = "") -> Plan:
    """A default index at the end; another default index, and an old one of our name, are set aside.

    Args:
        text: the file.
        setup: where to go.
        below: `tool.uv.` in a `pyproject.toml`.

    Raises:
        Invalid: the file is no TOML, or lists its indexes in a form that cannot be added to.

    Source: uv's documentation of indexes (the first index that has a name answers; the default one is
    asked last) and of `exclude-newer-package` (`false` exempts).
    """
    settings = _settings(text, below)
    lines = lines_of(text)
    table = f"[[{below}index]]"
    aside = tables_where(lines, f"{below}index", _is_replaced) | _old_keys(lines, below)
    block = [
        written_by("uv"),
        table,
        f'name = "{NAME}"',
        f'url = "{setup.with_credentials("/simple/")}"',
        f'publish-url = "{setup.base_url}/legacy/"',
        "default = true",
    ]
    if setup.token is not None:
        block.append('authenticate = "always"')
    exempt = setup.single_names
    gate_taken = "exclude-newer-package" in settings
    if exempt and not gate_taken:
        block += ["", f"[{below}exclude-newer-package]", *(f'"{name}" = false' for name in exempt)]
    change = Change(tuple(block), len(lines), frozenset(aside))
    _check_result(text, mark(text, change), below)
    return Plan(change, _notes(setup, settings, exempt, gate_taken))


def _settings(text: str, below: str) -> dict[str, Any]:
    settings: Any = check_toml(text)
    for key in below.rstrip(".").split(".") if below else ():
        settings = settings.get(key, {})
    if not isinstance(settings, dict):
        raise Invalid(f"`{below.rstrip('.')}` is no table; mend the file first")
    inline = re.search(r"(?m)^\s*index\s*=", text)
    if "index" in settings and inline:
        raise Invalid("the file lists its indexes as `index = [...]`; write them as [[index]] tables first")
    indexes = settings.get("index", [])
    if not isinstance(indexes, list) or not all(isinstance(one, dict) for one in indexes):
        raise Invalid(f"`{below}index` is no list of tables; mend the file first")
    return settings


def _check_result(before: str, after: str, below: str) -> None:
    """TOML can be written in more ways than lines are looked at here: what came of it is compared with what was.

    Raises:
        Invalid: another index would answer first, or something else would have changed.
    """
    try:
        answering = [one for one in _settings(after, below).get("index", ()) if _is_replaced(one)]
        kept = len(answering) == 1 and answering[0].get("name") == NAME and "default" in answering[0]
        kept = kept and _others(after, below) == _others(before, below, old=False)
    except Invalid:
        kept = False
    if not kept:
        raise Invalid(
            f"the file is written so that it cannot be changed safely: write its indexes as [[{below}index]] tables, "
            "and `index-url` as a line below its table, then try again"
        )


def _others(text: str, below: str, *, old: bool = True) -> dict[str, Any]:
    """Everything but the indexes and what is exempt; without the old keys too, where they are to be set aside."""
    tree = check_toml(text)
    settings: dict[str, Any] = tree
    for key in below.rstrip(".").split(".") if below else ():
        settings = settings.setdefault(key, {})
    settings.pop("index", None)
    settings.pop("exclude-newer-package", None)
    if not old:
        settings.pop("index-url", None)
        if isinstance(settings.get("pip"), dict):
            settings["pip"].pop("index-url", None)
    return tree


def _is_replaced(index: Mapping[str, Any]) -> bool:
    return index.get("default") is True or index.get("name") == NAME


def _old_keys(lines: list[str], below: str) -> set[int]:
    """`index-url`, which an older uv used for the default index."""
    found = set()
    table = ""
    for number, line in enumerate(lines):
        if _TABLE.match(line):
            table = line.strip().strip("[]").strip()
        elif re.match(r"\s*index-url\s*=", line) and table in (below.rstrip("."), f"{below}pip"):
            found.add(number)
    return found


def _notes(setup: Setup, settings: dict[str, Any], exempt: tuple[str, ...], gate_taken: bool) -> tuple[str, ...]:  # noqa: FBT001
    notes = []
    others = [one for one in settings.get("index", ()) if not one.get("default") and one.get("name") != NAME]
    if others or "extra-index-url" in settings:
        notes.append(
            "the file names further indexes, and uv asks them first: what it finds there does not pass through "
            "Pratique; remove them and add those indexes as upstreams"
        )
    if exempt and gate_taken:
        notes.append(f"the file has exclude-newer-package already; add there, each `= false`: {', '.join(exempt)}")
    else:
        notes += exempt_note(exempt, "uv's own exclude-newer")
    notes += globs_note(setup, "uv")
    if setup.ca is not None:
        notes.append(f"uv takes an authority from the environment only: export SSL_CERT_FILE={setup.ca}")
    return tuple(notes)


def _find(environment: Mapping[str, str], project: Path | None) -> tuple[Target, ...]:
    path = uv_file(environment, project)
    below = "tool.uv." if path.name == "pyproject.toml" else ""
    return (Target(path, lambda text, setup: plan_uv_toml(text, setup, below=below), check_toml),)


def _where_the_token_goes(_setup: Setup) -> str:
    return (
        "a project's file is read by others; give uv the token as UV_INDEX_PRATIQUE_USERNAME=__token__ and "
        "UV_INDEX_PRATIQUE_PASSWORD=..."
    )


UV = Client(
    "uv",
    "pypi",
    "/simple/",
    stronger=("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL"),
    find=_find,
    where_the_token_goes=_where_the_token_goes,
)
