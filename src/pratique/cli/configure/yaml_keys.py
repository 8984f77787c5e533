"""Set keys at the top of a YAML file, line by line, so that everything else stays as it was written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from pratique.cli.configure.marks import Change, lines_of, mark
from pratique.core.errors import Invalid


def set_keys(text: str, wanted: Mapping[str, Any], head: str) -> Change:
    """Set keys; lines that said otherwise are set aside.

    Args:
        text: the file.
        wanted: key to its new value, of plain lists, mappings and texts.
        head: first line of the block.

    Raises:
        Invalid: the file is no YAML mapping of one key a line.
    """
    before = check_yaml(text)
    lines = lines_of(text)
    aside = _lines_of_keys(text, lines, wanted)
    written = yaml.safe_dump(dict(wanted), sort_keys=False, default_flow_style=False, width=10_000, allow_unicode=True)
    change = Change((head, *written.splitlines()), len(lines), frozenset(aside))
    try:
        fine = check_yaml(mark(text, change)) == {**before, **wanted}
    except Invalid:
        fine = False
    if not fine:
        raise Invalid(
            "the file is written so that it cannot be changed safely: write each of its keys at the beginning of a "
            f"line of its own ({', '.join(wanted)})"
        )
    return change


def check_yaml(text: str) -> dict[str, Any]:
    """The parsed file, empty for an empty one. Raises Invalid if it is no mapping."""
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Invalid(f"the file is no YAML: {' '.join(str(error).split())[:200]}; mend it first") from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Invalid("the file is no YAML mapping (`key: value`); mend it first")
    return found


def listed(settings: Mapping[str, Any], key: str, ours: Iterable[str]) -> list[Any]:
    """A list of the file with ours added to it. Raises Invalid if it is no list."""
    said = settings.get(key)
    if said is not None and not isinstance(said, list):
        raise Invalid(f"`{key}` is no list in this file; mend it first")
    return [*(said or ()), *(one for one in ours if one not in (said or ()))]


def _lines_of_keys(text: str, lines: list[str], wanted: Mapping[str, Any]) -> set[int]:
    document = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(document, yaml.MappingNode) or document.flow_style:
        return set()
    found: set[int] = set()
    for key, value in document.value:
        if key.value not in wanted:
            continue
        last = value.end_mark.line - (value.end_mark.column == 0)
        while last > key.start_mark.line and _says_nothing(lines, last):
            last -= 1
        found |= set(range(key.start_mark.line, last + 1))
    return {number for number in found if number < len(lines)}


def _says_nothing(lines: list[str], number: int) -> bool:
    bare = lines[number].strip() if number < len(lines) else ""
    return not bare or bare.startswith("#")
