"""poetry: the source of a project in its `pyproject.toml`, everything else in `config.toml` or `poetry.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pratique.cli.configure.client import Client, Target
from pratique.cli.configure.marks import Change, lines_of, mark
from pratique.cli.configure.places import poetry_files
from pratique.cli.configure.setup import Plan, Setup, exempt_note, globs_note, written_by
from pratique.cli.configure.toml_keys import Literals, as_literal, check_toml, set_keys, table_at
from pratique.cli.configure.toml_lists import tables_where
from pratique.core.errors import Invalid

NAME = "pratique"
"""The source's and the repository's name, also in POETRY_HTTP_BASIC_PRATIQUE_PASSWORD."""

_EXEMPT = "min-release-age-exclude"
_SOURCES = "tool.poetry.source"


def plan_pyproject(text: str, setup: Setup) -> Plan:
    """A primary source at the end; an old one of our name is set aside.

    Raises:
        Invalid: the file is no TOML, or lists its sources in a form that cannot be added to.

    Source: poetry's documentation of package sources: with a primary source poetry asks no public index.
    """
    settings = check_toml(text)
    lines = lines_of(text)
    aside = tables_where(lines, _SOURCES, lambda one: one.get("name") == NAME)
    block = (
        written_by("poetry"),
        f"[[{_SOURCES}]]",
        f"name = {as_literal(NAME)}",
        f"url = {as_literal(setup.base_url + '/simple/')}",
        'priority = "primary"',
    )
    change = Change(block, len(lines), frozenset(aside))
    others = [one for one in _sources(settings) if one.get("name") != NAME]
    _check_sources(mark(text, change), others, settings)
    names = ", ".join(str(one.get("name")) for one in others)
    note = (
        f"the project names further sources ({names}): what poetry finds there does not pass through Pratique; remove "
        "them and add those indexes as upstreams"
    )
    return Plan(change, (note,) if others else ())


def plan_poetry_config(text: str, setup: Setup) -> Plan:
    """Where to publish, token, authority and exemptions.

    Raises:
        Invalid: the file is no TOML, or says one of them in a form that cannot be set aside.

    Source: poetry's documentation of configuration; measured with poetry 2.5: exemptions are names without globs.
    """
    tables: dict[str, Literals] = {f"repositories.{NAME}": {"url": as_literal(setup.base_url + "/legacy/")}}
    if setup.token is not None:
        tables[f"http-basic.{NAME}"] = {"username": '"__token__"', "password": as_literal(setup.token)}
    if setup.ca is not None:
        tables[f"certificates.{NAME}"] = {"cert": as_literal(str(setup.ca))}
    note = (
        f"poetry knows no index of a user: give this command in each project with --project DIR; publish with "
        f"`poetry publish --repository {NAME}`"
    )
    exempt = _exemptions(text, setup)
    return Plan(set_keys(text, {**tables, **exempt}, written_by("poetry")), (note, *_notes(setup)))


def plan_poetry_toml(text: str, setup: Setup) -> Plan:
    """Exemptions for everybody who works on a project. Raises Invalid as the user's file does."""
    exempt = _exemptions(text, setup)
    return Plan(set_keys(text, exempt, written_by("poetry")) if exempt else None, _notes(setup))


def _exemptions(text: str, setup: Setup) -> dict[str, Literals]:
    if not setup.single_names:
        return {}
    said = table_at(check_toml(text), "solver").get(_EXEMPT, [])
    if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
        raise Invalid(f"`solver.{_EXEMPT}` is no list of names in this file; mend it first")
    return {"solver": {_EXEMPT: as_literal([*said, *(one for one in setup.single_names if one not in said)])}}


def _notes(setup: Setup) -> tuple[str, ...]:
    return (*exempt_note(setup.single_names, "poetry's own min-release-age"), *globs_note(setup, "poetry"))


def _sources(settings: Mapping[str, Any]) -> list[Any]:
    found = table_at(settings, "tool.poetry").get("source", [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Invalid(f"`{_SOURCES}` is no list of tables; mend the file first")
    return found


def _check_sources(after: str, others: list[Any], before: dict[str, Any]) -> None:
    """Ours and the others are there, and nothing else has changed."""
    try:
        tree = check_toml(after)
        found = _sources(tree)
        fine = [one for one in found if one.get("name") != NAME] == others and len(found) == len(others) + 1
        fine = fine and _without_sources(tree) == _without_sources(before)
    except Invalid:
        fine = False
    if not fine:
        raise Invalid(
            f"the file is written so that it cannot be changed safely: write its sources as [[{_SOURCES}]] tables"
        )


def _without_sources(tree: Mapping[str, Any]) -> dict[str, Any]:
    tool = tree.get("tool", {})
    poetry = {key: value for key, value in tool.get("poetry", {}).items() if key != "source"}
    others = {key: value for key, value in tool.items() if key != "poetry"}
    rest = {key: value for key, value in tree.items() if key != "tool"}
    return {**rest, "tool": {**others, "poetry": poetry}}


def _find(environment: Mapping[str, str], project: Path | None) -> tuple[Target, ...]:
    shared, own = poetry_files(environment, project)
    if shared is None:
        return (Target(own, plan_poetry_config, check_toml, holds="where poetry publishes, and what it needs for it"),)
    exempt = Target(own, plan_poetry_toml, check_toml, holds="what poetry's own age gate lets through")
    return (Target(shared, plan_pyproject, check_toml), exempt)


def _where_the_token_goes(_setup: Setup) -> str:
    return (
        "a project's file is read by others; `pratique configure poetry --token ...` without --project puts the token "
        "into your own"
    )


POETRY = Client(
    "poetry",
    "pypi",
    "/simple/",
    stronger=("POETRY_REPOSITORIES_PRATIQUE_URL",),
    find=_find,
    where_the_token_goes=_where_the_token_goes,
    stronger_ca=("POETRY_CERTIFICATES_PRATIQUE_CERT",),
)
