"""Read the settings file and the environment; refuse what nobody knows, by name."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec

from pratique.core.errors import Invalid
from pratique.settings.checks import check
from pratique.settings.quantities import Duration, Size, read_quantity
from pratique.settings.values import RepositorySettings, Settings

FILE = "pratique.toml"
PREFIX = "PRATIQUE_"

OF_THE_COMMAND = frozenset({"PRATIQUE_CA", "PRATIQUE_DATA", "PRATIQUE_SERVER", "PRATIQUE_TOKEN"})
"""Read by the command line itself, no settings."""


def load_settings(path: Path, environment: Mapping[str, str], given: Mapping[str, Any] | None = None) -> Settings:
    """Read the settings: defaults, then the file, then the environment, then what the command line gave.

    `PRATIQUE_PORT=8000` is `port`, `PRATIQUE_UPSTREAM__SILENCE="10 s"` is `silence` in `[upstream]`; lists
    and tables are written as in TOML. Keys of tables that the user names (`repositories`) are lower case.

    Args:
        path: the file; it may be missing.
        environment: `os.environ`.
        given: settings from the command line, highest.

    Raises:
        Invalid: broken TOML, an unknown name, a value of the wrong kind, or settings that contradict.
    """
    tree = _read_file(path)
    _refuse_unknown(Settings, tree, "", f'"{path}"')
    for name, text in sorted(environment.items()):
        if name.startswith(PREFIX) and name not in OF_THE_COMMAND:
            _plant(tree, name, text)
    tree.update({key: value for key, value in (given or {}).items() if value is not None})
    try:
        settings = msgspec.convert(tree, Settings, dec_hook=read_quantity)
    except msgspec.ValidationError as error:
        raise Invalid(
            f'The settings do not fit: {_in_our_words(str(error))}. They are read from "{path}" and the '
            f"environment ({PREFIX}...)"
        ) from error
    if not settings.repositories:
        settings = msgspec.structs.replace(settings, repositories={"main": RepositorySettings()})
    check(settings)
    return settings


def _read_file(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        if not text and path.with_name("secret").exists():
            raise Invalid(
                f'"{path}" is empty in a folder that is in use, as a file is that was cut short: restore it, or remove '
                "it to go on with the defaults"
            )
        return tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(f'"{path}" is no TOML: {error}') from error
    except OSError as error:
        raise Invalid(f'"{path}" cannot be read: {error.strerror}') from error


def _refuse_unknown(kind: Any, value: Any, where: str, source: str) -> None:
    """Walk the tables beside their structs, so that a wrong key is told with its place and its likely meaning."""
    if not isinstance(value, Mapping):
        return
    if _is_table(kind):
        known = {field.name: field.type for field in msgspec.structs.fields(kind)}
        for key, inner in value.items():
            if key not in known:
                raise Invalid(f"{source} has no use for `{where}{key}`{_did_you_mean(key, known)}")
            _refuse_unknown(known[key], inner, f"{where}{key}.", source)
    elif get_origin(kind) is dict:
        for key, inner in value.items():
            _refuse_unknown(get_args(kind)[1], inner, f"{where}{key}.", source)


def _plant(tree: dict[str, Any], name: str, text: str) -> None:
    """Put one variable of the environment where the file would have it."""
    path = name.removeprefix(PREFIX).lower().split("__")
    kind: Any = Settings
    table = tree
    for depth, key in enumerate(path):
        kind = _inner(kind, key, name)
        if depth < len(path) - 1:
            step = table.setdefault(key, {})
            if not isinstance(step, dict):
                raise Invalid(
                    f"{name} goes into `{'.'.join(path[: depth + 1])}`, which is no table in the settings file"
                )
            table = step
    table[path[-1]] = _as_toml(kind, name, text)


def _inner(kind: Any, key: str, name: str) -> Any:
    if _is_table(kind):
        known = {field.name: field.type for field in msgspec.structs.fields(kind)}
        if key in known:
            return known[key]
        raise Invalid(f"The environment variable {name} is no setting{_did_you_mean(key, known)}")
    if get_origin(kind) is dict:
        return get_args(kind)[1]
    raise Invalid(f"The environment variable {name} is no setting: nothing stands below `{key}`")


def _as_toml(kind: Any, name: str, text: str) -> Any:
    if kind in (str, Size, Duration) or (isinstance(kind, type) and issubclass(kind, StrEnum)):
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError as error:
        raise Invalid(
            f'The environment variable {name} is no TOML value ({error}); write for example 8000, true or ["a", "b"]'
        ) from error


def _is_table(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _did_you_mean(key: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    return f". Did you mean `{close[0]}`?" if close else f"; known here: {', '.join(f'`{name}`' for name in known)}"


def _in_our_words(sentence: str) -> str:
    """The converter's sentence with its `$.a.b` as a setting's name."""
    what, _, place = sentence.partition(" - at `$.")
    return f"`{place.rstrip('`')}`: {what[:1].lower()}{what[1:]}" if place else sentence
