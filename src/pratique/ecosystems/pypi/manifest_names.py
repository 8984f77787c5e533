"""What a pyproject.toml depends on. Source: PEP 621, PEP 735, PEP 518; the documentation of poetry and uv."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement

from pratique.core.errors import InvalidName, TooLarge
from pratique.core.mentions import MAX_MENTIONS, Mention
from pratique.ecosystems.pypi import names
from pratique.formats.toml import read_toml

MANIFESTS = ("pyproject.toml",)
MAX_BYTES = 1 << 20
_LONGEST = 4_096
"""Characters of one requirement."""

_KINDS = {
    "git": "comes from git",
    "path": "comes from a folder",
    "workspace": "comes from a folder",
    "url": "comes from an address of its own",
    "index": "comes from another registry",
    "source": "comes from another registry",
}
"""Keys of uv's sources and of poetry's dependencies."""


def read_manifest_names(_filename: str, content: bytes) -> tuple[Mention, ...]:
    """The names it depends on, each once.

    Raises:
        Invalid: it is no pyproject.toml.
        TooLarge: it has more bytes or names than are read.
    """
    document = read_toml(content, "the pyproject.toml", MAX_BYTES)
    found: dict[str, str] = {}
    for name, private in _mentions(document):
        found[name] = found.get(name) or private
    if len(found) > MAX_MENTIONS:
        raise TooLarge(f"the pyproject.toml names {len(found)} packages; at most {MAX_MENTIONS} are read")
    return tuple(Mention(name, private) for name, private in found.items())


def _mentions(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    tool = _table(document, "tool")
    sources = {_canonical(name): _whence(one) for name, one in _table(_table(tool, "uv"), "sources").items()}
    for number, requirement in enumerate(_requirements(document, tool)):
        if number == MAX_MENTIONS:  # also those that name nothing: each takes its time to be found so
            raise TooLarge(f"the pyproject.toml has more than {MAX_MENTIONS} requirements; no more are read")
        for name, private in _named(requirement):
            yield name, private or sources.get(name, "")
    for group in _poetry_groups(_table(tool, "poetry")):
        for said, wanted in group.items():
            if said != "python" and (name := _canonical(said)):
                yield name, _whence(wanted)


def _requirements(document: Mapping[str, Any], tool: Mapping[str, Any]) -> Iterator[str]:
    """Every list of requirements that any standard has; what stands there besides texts is passed over."""
    project = _table(document, "project")
    lists = [
        project.get("dependencies"),
        *_table(project, "optional-dependencies").values(),
        *_table(document, "dependency-groups").values(),
        _table(document, "build-system").get("requires"),
        _table(tool, "uv").get("dev-dependencies"),
    ]
    for listed in lists:
        yield from (one for one in listed if isinstance(one, str)) if isinstance(listed, list) else ()


def _poetry_groups(poetry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield _table(poetry, "dependencies")
    yield _table(poetry, "dev-dependencies")
    for group in _table(poetry, "group").values():
        yield _table(group, "dependencies") if isinstance(group, dict) else {}


def _named(text: str) -> Iterator[tuple[str, str]]:
    try:
        wanted = Requirement(text[:_LONGEST])
    except (InvalidRequirement, RecursionError):
        return
    if name := _canonical(wanted.name):
        git = (wanted.url or "").startswith("git")
        yield name, "" if wanted.url is None else _KINDS["git" if git else "url"]


def _whence(wanted: Any) -> str:
    """Why what is said of a dependency makes it none of the public registry's; of several, the first."""
    said = wanted[0] if isinstance(wanted, list) and wanted else wanted
    return next((why for key, why in _KINDS.items() if key in said), "") if isinstance(said, dict) else ""


def _canonical(name: str) -> str:
    try:
        return names.canonical(name)
    except InvalidName:
        return ""


def _table(tables: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = tables.get(name)
    return found if isinstance(found, dict) else {}
