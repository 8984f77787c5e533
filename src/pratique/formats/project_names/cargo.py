"""Names of crates: identity, place in the index, twins, and what nobody may newly take.

An index keeps a crate under its name in small letters. Names that differ only in case, or in `-` and `_`,
are twins: Rust code writes both as the same word, so an index never holds two of them.
Source: The Cargo Book, "Registry Index" (index files); crates.io, `canon_crate_name` and its reserved names.
"""

from __future__ import annotations

import re

from pratique.core.errors import InvalidName
from pratique.formats.lookalikes import fold

MAX_LENGTH = 64
_VALID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")
_OTHER = re.compile(r"[^A-Za-z0-9_-]+")

_RESERVED = frozenset(
    re.findall(
        r"\w+",
        "alloc arena ast builtins collections compiler_builtins compiler_rt compiletest core coretest debug driver "
        "flate fmt_macros grammar graphviz macro macros proc_macro rbml rust_installer rustbook rustc rustc_back "
        "rustc_borrowck rustc_driver rustc_llvm rustc_resolve rustc_trans rustc_typeck rustdoc rustllvm rustuv "
        "serialize std syntax test unicode",
    )
)
"""Crates of the compiler and its library, by twin key."""

_DEVICES = frozenset({"nul", "con", "prn", "aux", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})
"""Names that Windows keeps for devices, in every folder."""


def canonical(name: str) -> str:
    """The name under which an index keeps the crate: small letters, dashes as they are.

    Raises:
        InvalidName: no crate can have it; the sentence says why and what was perhaps meant.
    """
    if len(name) <= MAX_LENGTH and _VALID.match(name):
        return name.lower()
    raise InvalidName(_explain(name))


def twin_key(name: str) -> str:
    """What twins have in common: small letters, every `-` a `_`."""
    return name.lower().replace("-", "_")


def check_new_name(name: str) -> None:
    """Refuse names that nobody may take from now on.

    Raises:
        InvalidName: not a name, a crate that comes with Rust, or a device of Windows.
    """
    refuse_new(canonical(name))


def refuse_new(name: str) -> None:
    """The same of a name that is canonical already. Raises InvalidName."""
    key = twin_key(name)
    if key in _RESERVED:
        raise InvalidName(f'"{name}" comes with Rust itself; a crate of that name would mislead. Choose another name')
    if key in _DEVICES:
        raise InvalidName(f'"{name}" is a device on Windows, where nobody could unpack the crate; choose another name')


def _explain(name: str) -> str:
    shown = ascii(name if len(name) <= 80 else name[:77] + "...")
    if not name:
        return "the name of a crate is missing"
    if len(name) > MAX_LENGTH:
        return f"{shown} is no crate's name: it has {len(name)} characters, at most {MAX_LENGTH} are allowed"
    suggestion = _nearest(name)
    why = "only ASCII letters, digits, `-` and `_` are allowed, and a letter first"
    return f"{shown} is no crate's name: {why}." + (f' Did you mean "{suggestion}"?' if suggestion else "")


def _nearest(name: str) -> str:
    guess = _OTHER.sub("-", fold(name)).strip("-_").lower().lstrip("0123456789-_")
    return guess if len(guess) <= MAX_LENGTH and _VALID.match(guess) else ""
