"""Gives JavaScript's imported modules their own names back, whatever a file calls them."""

from __future__ import annotations

import re
from collections.abc import Collection

from pratique.scan.reading.javascript_forms import FORMS, MARKS, in_usual_form

_MODULES = "child_process|https?|http2|dns|net|tls|dgram|fs|os|vm|zlib|crypto|module|path"
_LOADED = re.compile(
    rf"""(?:require(?<!\wrequire)|import(?<!\wimport))\(\s{{0,3}}['"`](?:node:)?({_MODULES})(?:/promises)?['"`]\s{{0,3}}\)\)?(?:\s{{0,9}}\.([\w$]{{1,40}}))?"""
)
_IMPORTED = re.compile(
    r"""import(?<!\wimport)\s{0,9}(?:(?:\*\s{0,3}as\s{1,3})?([A-Za-z_$][\w$]{0,80})|\{([\w\s,$]{1,300})\})\s{0,9}from\s{0,9}"""
    rf"""['"](?:node:)?({_MODULES})(?:/promises)?['"]"""
)
_RENAMED = re.compile(
    r"=\s{0,9}(?:(?:globalThis|window|global|self)\.)?"
    r"(eval|Function|atob|(?:module\.)?require|fetch|process(?:\.(?:env|getBuiltinModule))?)\s{0,3}(?:[;,\n]|\Z)"
)
_RUNS_RENAMED = re.compile(
    r"=\s{0,9}(?:(?:globalThis|window|global|self)\.)?(?:eval|Function|atob|(?:module\.)?require|fetch|process)\s{0,3}[;,\n]"
)
_TAKEN_APART = re.compile(r"\}\s{0,9}=\s{0,9}(process(?:\.env)?|globalThis|global|window|self)\s{0,3}(?:[;,\n)]|\Z)")
_PROMISED = re.compile(r"=\s{0,9}(?:util\.)?promisify\(([\w$.]{1,80})\)")
_MEMBER = re.compile(rf"=\s{{0,9}}((?:{_MODULES})\.[\w$]{{2,40}})\s{{0,3}}[;,\n]")
RENAMES = re.compile(
    r"""['"`](?:node:)?(?:child_process|https?|http2|dns|net|tls|dgram|os|vm|zlib|crypto|module)(?:/promises)?['"`]|"""
    rf"""{_RUNS_RENAMED.pattern}|{_TAKEN_APART.pattern}|\bpromisify\(|{FORMS.pattern}"""
)
"""What stands where something that may do harm is given another name; all else that is renamed only names files."""

_NAME_BEFORE = re.compile(r"([A-Za-z_$][\w$]{0,80})\s{0,9}=\s{0,9}\(?(?:await\s{1,3})?(?:\w{1,30}\()?\Z")
_PARTS_BEFORE = re.compile(r"\{([\w\s,:$]{1,300})\}\s{0,9}=\s{0,9}\(?(?:await\s{1,3})?\Z")
_OPEN_PARTS = re.compile(r"\{([\w\s,:$]{1,300})\Z")
_GLOBALS = frozenset(("globalThis", "global", "window", "self"))
_NAME_AT_END = re.compile(r"([A-Za-z_$][\w$]{0,80})\s{0,9}\Z")
_BEFORE = 400
_MAX_ALIASES = 60
_LEAD_ON = frozenset(("require", "process", "Function", "process.getBuiltinModule"))
"""What gives more names once it has its own again."""

_ROUNDS = 3
"""How often names of names are followed."""


def with_own_names(text: str, present: Collection[str] = MARKS) -> str:
    """The text in which `c.exec(...)` reads `child_process.exec(...)` after `c = require("child_process")`.

    Args:
        text: as `lexical.put_together` leaves it.
        present: marks of it (`javascript_forms.MARKS`).
    """
    once = in_usual_form(text, present)
    for _ in range(_ROUNDS):
        names = _aliases(once)
        once = _renamed(once, names)
        if _LEAD_ON.isdisjoint(names.values()):
            break
        once = in_usual_form(once)
    return _renamed(
        once, {name[1]: found[1] for found in _MEMBER.finditer(once) if (name := _name_before(once, found))}
    )


def _renamed(text: str, names: dict[str, str]) -> str:
    names = {name: full for name, full in list(names.items())[:_MAX_ALIASES] if name and name != full}
    if not names:
        return text
    use = re.compile(
        r"(?<![\w$.'\"/-])(" + "|".join(re.escape(name) for name in names) + r")(?=\s{0,3}[.(,;)]|\s{0,3}\[)"
    )
    return use.sub(lambda found: names[found[1]], text)


def _aliases(text: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for found in _LOADED.finditer(text):
        before = text[max(found.start() - _BEFORE, 0) : found.start()]
        whole, parts = _NAME_BEFORE.search(before), _PARTS_BEFORE.search(before)
        if parts is not None:
            _take_parts(names, parts[1], found[1])
        elif whole is not None:
            names[whole[1]] = f"{found[1]}.{found[2]}" if found[2] else found[1]
    for found in _IMPORTED.finditer(text):
        if found[1]:
            names[found[1]] = found[3]
        else:
            _take_parts(names, found[2], found[3])
    _take_apart(names, text)
    for pattern in (_RENAMED, _PROMISED):
        for found in pattern.finditer(text):
            name = _name_before(text, found)
            if name is not None:
                full = found[1].removeprefix("module.")
                names[name[1]] = names.get(full, full)
    return names


def _take_apart(names: dict[str, str], text: str) -> None:
    """Names that are parts of what every script has: `const {env: e} = process`."""
    for found in _TAKEN_APART.finditer(text):
        parts = _OPEN_PARTS.search(text[max(found.start() - _BEFORE, 0) : found.start()])
        if parts is not None:
            _take_parts(names, parts[1], "" if found[1] in _GLOBALS else found[1])


def _name_before(text: str, found: re.Match[str]) -> re.Match[str] | None:
    return _NAME_AT_END.search(text[max(found.start() - 100, 0) : found.start()])


def _take_parts(names: dict[str, str], parts: str, module: str) -> None:
    for part in parts.split(","):
        original, _, local = part.replace(" as ", ":").partition(":")
        names[(local or original).strip()] = f"{module}.{original.strip()}" if module else original.strip()
