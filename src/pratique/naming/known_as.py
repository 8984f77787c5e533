"""What people and models mean who ask for a module in place of the package that holds it.

Exact, known names only: nothing is guessed here. Names that are imported, asked for as if they were installed by them,
are most of what models of 2026 invent for PyPI.
"""

from __future__ import annotations

import functools
import sys

from pratique.naming.corpus import read_shipped_lines
from pratique.naming.spelling import canonical_or_none

_NODE = (
    "assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain "
    "events fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl "
    "stream string_decoder sys timers tls trace_events tty url util v8 vm wasi worker_threads zlib"
)
"""Modules of Node.js. Source: its documentation, `module.builtinModules`."""
_BUILT_IN = {
    "npm": ("Node.js", frozenset(_NODE.split())),
    "pypi": ("Python", frozenset(name.replace("_", "-").lower() for name in sys.stdlib_module_names)),
    "cargo": ("Rust", frozenset({"std", "core", "alloc", "proc_macro", "test"})),
}
"""What comes with the language, by ecosystem; names canonical."""

_EMBER = (
    "application array component controller debug destroyable engine enumerable helper instrumentation modifier object "
    "owner routing runloop service template utils version"
)
"""Modules that `ember-source` holds. Source: the API documentation of Ember 5."""


def hint(ecosystem: str, name: str) -> str:
    """What was probably meant by a name that does not exist, as the end of a sentence; empty where nothing is known.

    Args:
        ecosystem: id.
        name: canonical.
    """
    language, modules = _BUILT_IN.get(ecosystem, ("", frozenset()))
    if name in modules:
        return f"{name} is part of {language} and needs no installing"
    known = distribution_of(ecosystem, name)
    return f"did you mean {known}?" if known else ""


def distribution_of(ecosystem: str, name: str) -> str | None:
    """The package that holds a module of this name, None if none is known or it is called so itself.

    Args:
        ecosystem: id.
        name: canonical form of the module's dotted name (`google-protobuf` for `google.protobuf`).
    """
    if ecosystem == "npm":
        scope, _, module = name.partition("/")
        return "ember-source" if scope == "@ember" and module in _EMBER.split() else None
    return _modules().get(name) if ecosystem == "pypi" else None


@functools.cache
def _modules() -> dict[str, str]:
    """Canonical module name to distribution, of PyPI."""
    found: dict[str, str] = {}
    for line in read_shipped_lines("pypi-modules.txt"):
        distribution, _, modules = line.partition(":")
        for module in modules.split():
            name = canonical_or_none("pypi", module)
            if name is not None and name != distribution:
                found[name] = distribution
    return found
