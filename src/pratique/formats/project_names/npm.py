"""npm package names: what may be asked for, and the stricter rules for what is published anew.

Names are case sensitive and equal only to themselves. Source: validate-npm-package-name, lib/index.js;
its errors are `canonical`, its warnings `check_new_name`.
"""

from __future__ import annotations

import json
import re
import unicodedata

from pratique.core.errors import InvalidName
from pratique.formats.lookalikes import fold

MAX_NEW_LENGTH = 214
MAX_LENGTH = 512
_URL_SAFE = re.compile(r"[A-Za-z0-9_.!~*'()-]+")
_ORDINARY = re.compile(r"(?:@[a-z0-9][a-z0-9._-]*/)?[a-z0-9][a-z0-9._-]*")
"""Nearly all names, seen at one glance."""
_NOT_FOR_NEW = re.compile(r"[~'!()*]")
_FORBIDDEN = frozenset({"node_modules", "favicon.ico"})

_NODE_MODULES = frozenset(
    re.findall(
        r"\w+",
        "_http_agent _http_client _http_common _http_incoming _http_outgoing _http_server _stream_duplex "
        "_stream_passthrough _stream_readable _stream_transform _stream_wrap _stream_writable _tls_common _tls_wrap "
        "assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain "
        "events fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl "
        "stream string_decoder sys timers tls trace_events tty url util v8 vm wasi worker_threads zlib ",
    )
)
"""Node's core modules, which `require` finds before any package. Source: nodejs.org, `module.builtinModules`."""


def canonical(name: str) -> str:
    """The name itself, if npm could ever have had a package of this name.

    Raises:
        InvalidName: it cannot be one; the sentence says why and what was perhaps meant.
    """
    if len(name) <= MAX_NEW_LENGTH and _ORDINARY.fullmatch(name) and name.lower() not in _FORBIDDEN:
        return name
    problem = _problem(name)
    if problem:
        raise InvalidName(_sentence(name, problem))
    return name


def check_new_name(name: str) -> None:
    """Refuse a name that exists only for packages from long ago.

    Raises:
        InvalidName: nothing new may be published under it.
    """
    refuse_new(canonical(name))


def refuse_new(name: str) -> None:
    """The same of a name that is canonical already. Raises InvalidName."""
    problem = _problem_if_new(name)
    if problem:
        raise InvalidName(_sentence(name, problem))


def _problem(name: str) -> str:
    if not name:
        return "the name is empty"
    if len(name) > MAX_LENGTH:
        return f"it has {len(name)} characters, {MAX_NEW_LENGTH} are allowed"
    if name != name.strip():
        return "blanks before or after a name are not allowed"
    if name.lower() in _FORBIDDEN:
        return "npm keeps this name for itself"
    scope, slash, base = name.rpartition("/")
    if slash and not (scope.startswith("@") and "/" not in scope and len(scope) > 1):
        return "a slash is only allowed once, after a scope, as in @scope/name"
    return (_problem_of_part(scope[1:]) if slash else "") or _problem_of_base(base, scoped=bool(slash))


def _problem_of_base(base: str, *, scoped: bool) -> str:
    if not base:
        return "a name must follow the scope"
    if not scoped and base[0] in "-_":
        return f'it must not begin with "{base[0]}"'
    return _problem_of_part(base)


def _problem_of_part(part: str) -> str:
    if part.startswith("."):
        return 'it must not begin with "."'
    if _URL_SAFE.fullmatch(part):
        return ""
    wrong = next(char for char in part if not _URL_SAFE.fullmatch(char))
    if wrong == "@":
        return "a scope needs a name after it, as in @scope/name"
    shown = f'"{wrong}"' if " " < wrong <= "~" else f"U+{ord(wrong):04X} {unicodedata.name(wrong, 'CONTROL CHARACTER')}"
    return f"{shown} is not allowed, only letters, digits, hyphens, dots and underscores are"


def _problem_if_new(name: str) -> str:
    if len(name) > MAX_NEW_LENGTH:
        return f"it has {len(name)} characters, {MAX_NEW_LENGTH} are allowed in new packages"
    if name != name.lower():
        return "upper case letters are not allowed in new packages"
    if name in _NODE_MODULES:
        return "Node.js has a core module of this name; choose another name or put it below a scope"
    special = _NOT_FOR_NEW.search(name.rpartition("/")[2])
    return f'"{special[0]}" is not allowed in new packages' if special else ""


def _sentence(name: str, problem: str) -> str:
    shown = json.dumps(name if len(name) <= 100 else name[:97] + "...")
    suggestion = _suggestion(name)
    return f"{shown}: not a name npm accepts: {problem}." + (f' Did you mean "{suggestion}"?' if suggestion else "")


def _suggestion(name: str) -> str:
    """The nearest acceptable name that looks the same, or nothing."""
    guess = re.sub(r"\s+", "-", fold(name.strip()).lower())
    if ".." in guess:
        return ""
    guess = guess if guess.startswith("@") else guess.lstrip("._-")
    return guess if guess != name and not _problem(guess) and not _problem_if_new(guess) else ""
