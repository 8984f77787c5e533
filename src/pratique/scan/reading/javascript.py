"""Gives JavaScript's imported modules their own names back, whatever a file calls them."""

from __future__ import annotations

import re

_MODULES = "child_process|https?|http2|dns|net|tls|dgram|fs|os|vm|zlib|crypto|module|path"
_LOADS = rf"""(?:await\s{{1,3}})?(?:require|import)\(\s{{0,3}}['"`](?:node:)?({_MODULES})(?:/promises)?['"`]\s{{0,3}}\)"""
_WHOLE = re.compile(rf"([A-Za-z_$][\w$]{{0,80}})\s{{0,9}}=\s{{0,9}}(?:\w{{1,30}}\()?{_LOADS}\)?(?!\s{{0,9}}\.)")
_PARTS = re.compile(rf"\{{([\w\s,:$]{{1,300}})\}}\s{{0,9}}=\s{{0,9}}{_LOADS}")
_MEMBER = re.compile(rf"([A-Za-z_$][\w$]{{0,80}})\s{{0,9}}=\s{{0,9}}{_LOADS}\s{{0,9}}\.([\w$]{{1,40}})")
_IMPORTED = re.compile(rf"""\bimport\s{{1,9}}(?:\*\s{{0,3}}as\s{{1,3}})?([A-Za-z_$][\w$]{{0,80}})\s{{1,9}}from\s{{0,9}}['"](?:node:)?({_MODULES})(?:/promises)?['"]""")
_IMPORTED_PARTS = re.compile(rf"""\bimport\s{{0,9}}\{{([\w\s,$]{{1,300}})\}}\s{{0,9}}from\s{{0,9}}['"](?:node:)?({_MODULES})(?:/promises)?['"]""")
_EVALS = re.compile(r"([A-Za-z_$][\w$]{0,80})\s{0,9}=\s{0,9}(?:(?:globalThis|window|global|self)\.)?(eval|Function|atob|require)\s{0,3}[;,\n]")
_PROMISED = re.compile(r"([A-Za-z_$][\w$]{0,80})\s{0,9}=\s{0,9}(?:util\.)?promisify\(([\w$.]{1,80})\)")
_MAX_ALIASES = 60


def with_own_names(text: str) -> str:
    """The text in which `c.exec(...)` reads `child_process.exec(...)` after `c = require("child_process")`.

    Args:
        text: as `lexical.put_together` leaves it.
    """
    names: dict[str, str] = {}
    for name, module in _WHOLE.findall(text) + _IMPORTED.findall(text):
        names[name] = module
    for parts, module in _PARTS.findall(text) + _IMPORTED_PARTS.findall(text):
        for part in parts.split(","):
            original, _, local = part.replace(" as ", ":").partition(":")
            names[(local or original).strip()] = f"{module}.{original.strip()}"
    for name, module, member in _MEMBER.findall(text):
        names[name] = f"{module}.{member}"
    for name, original in _EVALS.findall(text):
        names[name] = original
    for name, original in _PROMISED.findall(text):
        names[name] = names.get(original, original)
    names = {name: full for name, full in list(names.items())[:_MAX_ALIASES] if name and name != full}
    if not names:
        return text
    use = re.compile(r"(?<![\w$.'\"/-])(" + "|".join(re.escape(name) for name in names) + r")(?=\s{0,3}[.(,;)]|\s{0,3}\[)")
    return use.sub(lambda found: names[found[1]], text)
