"""JavaScript in the form that most of it is written in: one way to load a module, to name a member, to write a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

_GLOBALS = "globalThis|global|window|self"
_KNOWN = "process|require|module|eval|Function|atob|Buffer|Reflect"
_OPTIONAL = re.compile(r"\?\.(?=([A-Za-z_$])|[\[(])")
_BLANKS_BEFORE = re.compile(r"[ \t](?<=[\w$)\]][ \t])[ \t]{0,199}\.[ \t]{0,200}(?=[A-Za-z_$])")
_BLANKS_BEHIND = re.compile(r"\.(?<=[\w$)\]]\.)[ \t]{1,200}(?=[A-Za-z_$])")
_BEFORE_BRACKET = re.compile(
    r"(?<![\w$.])(require|import|eval|fetch|atob|Function)"
    r"(?:\s{1,200}\(\s{0,200}|\(\s{1,200})(['\"]?)([\w:]{0,40})(['\"]?)(\s{0,200}\))?"
)
_OF_GLOBAL = re.compile(rf"(?<![\w$.])(?:{_GLOBALS})\.(?=(?:{_GLOBALS}|{_KNOWN})\b)")
_PLAIN_TEXT = re.compile(r"`(?<=[(,=\[:+? \t]`)([^`$'\"\\\n]{0,4000})`")
_FILLED = re.compile(r"\$\{[ \t]{0,9}(['\"])([^'\"\\\n`]{0,400})\1[ \t]{0,9}\}")
_LOADERS = re.compile(
    r"(?<![\w$.])(?:process\.getBuiltinModule|"
    r"(?:module\.constructor|require\(['\"](?:node:)?module['\"]\)|[mM]odule)\._load|"
    r"module\.require|(?:process\.mainModule|require\.main|module\.parent)\.require|"
    r"(?:(?:[mM]odule|require\(['\"](?:node:)?module['\"]\))\.)?createRequire\([^()\n]{1,200}(?:\([^()\n]{0,100}\))?\)|"
    r"\(\s{0,3}(?:0\s{0,3},\s{0,3})?require\s{0,3}\))\("
)
_CALLED_BY = re.compile(
    r"(?<![\w$.])(require|eval|fetch|atob)"
    r"\.(?:call\([\w$.]{1,40}\s{0,3},\s{0,3}|apply\([\w$.]{1,40}\s{0,3},\s{0,3}\[\s{0,3})"
)
_REFLECTED = re.compile(
    r"\bReflect\.get\(\s{0,3}([\w$.]{1,80})\s{0,3},\s{0,3}(['\"`])([A-Za-z_$][\w$]{0,80})\2\s{0,3}\)"
)
_APPLIED = re.compile(r"\bReflect\.(?:apply|construct)\(\s{0,3}([\w$.]{1,80})\s{0,3},")
_CONCATENATED = re.compile(r"(['\"])([^'\"\\\n]{0,400})\1\.concat\(\s{0,3}(['\"])([^'\"\\\n]{0,400})\3\s{0,3}\)")

MARKS = {
    "form-optional": re.compile(r"\?\.[A-Za-z_$\[(]"),
    "form-blanks": re.compile(r"[\w$)\]][ \t]{1,200}\.[ \t]{0,200}[A-Za-z_$]|[\w$)\]]\.[ \t]{1,200}[A-Za-z_$]"),
    "form-bracket": re.compile(r"\b(?:require|import|eval|fetch|atob|Function)(?:\s{1,200}\(|\(\s)"),
    "form-template": re.compile(r"[(,=\[:+? \t]`[^`$'\"\\\n]{0,400}`|`[^`\\\n]{0,400}\$\{[ \t]{0,9}['\"]"),
    "form-filled": re.compile(r"\$\{[ \t]{0,9}['\"]"),
    "form-concat": re.compile(r"['\"]\.concat\("),
    "form-global": re.compile(rf"\b(?:{_GLOBALS})[ \t]{{0,200}}\??\.[ \t]{{0,200}}(?:{_GLOBALS}|{_KNOWN})\b"),
    "form-reflect": re.compile(r"\bReflect[ \t]{0,200}\??\."),
    "form-loader": re.compile(
        r"\bgetBuiltinModule\b|\b_load\b|\bcreateRequire\b|\.[ \t]{0,200}require\b|\brequire\s{0,3}\)\s{0,3}\(|"
        r"\b(?:require|eval|fetch|atob)[ \t]{0,200}\??\.[ \t]{0,200}(?:call|apply)\b"
    ),
}
"""What stands where each of the forms may stand that `in_usual_form` knows, by the names of their marks."""

_ALL = frozenset(MARKS)

FORMS = re.compile(
    r"\?\.(?:env|exec|spawn|fork|require)|\bgetBuiltinModule\b|\._load\(|\bcreateRequire\b|['\"]\.concat\(['\"]|"
    r"\bReflect\.get\(\s{0,3}[\w$.]{1,80}\s{0,3},\s{0,3}['\"`]|\bReflect\.apply\(\s{0,3}(?:eval|require|Function)\b|"
    r"\$\{[ \t]{0,9}['\"][\w:\/]{1,40}['\"][ \t]{0,9}\}|\bprocess[ \t]{1,200}\.|\bprocess\.[ \t]{1,200}|"
    r"\bprocess[ \t]{0,9}(?:\/\*|\.[ \t]{0,9}\/\*)|\brequire\.(?:call|apply|main)\b|\b(?:module|mainModule)\.require\b"
)
"""What stands where something that may do harm is written in another form."""


def in_usual_form(text: str, present: Collection[str] = _ALL) -> str:
    """The text with each of the forms below written as most code writes it; no line is added or lost.

    Args:
        text: as `lexical.put_together` leaves it.
        present: marks of it; forms without a mark do not stand in it.

    `process?.env`, `process . env`, `globalThis.process.env`, and `Reflect.get(process, "env")` become `process.env`;
    all that loads a module becomes `require(...)`; templates with nothing but text become texts.
    """
    for name, pattern, form in _PLAIN_FORMS:
        if name in present:
            text = pattern.sub(form, text)
    for _ in range(_ROUNDS):
        before = text
        for name, pattern, form in _NESTED_FORMS:
            if name in present:
                text = pattern.sub(form, text)
        if text == before:
            break
    return text


def _kept_lines(found: re.Match[str]) -> str:
    closes = ")" if found[5] else ""
    return "\n" * found[0].count("\n") + f"{found[1]}({found[2]}{found[3]}{found[4]}{closes}"


_Form = str | Callable[[re.Match[str]], str]
_ROUNDS = 3
"""How deep forms stand in one another."""

_PLAIN_FORMS: tuple[tuple[str, re.Pattern[str], _Form], ...] = (
    ("form-optional", _OPTIONAL, lambda found: "." if found[1] else ""),
    ("form-blanks", _BLANKS_BEFORE, "."),
    ("form-blanks", _BLANKS_BEHIND, "."),
    ("form-bracket", _BEFORE_BRACKET, _kept_lines),
    ("form-filled", _FILLED, r"\2"),
    ("form-template", _PLAIN_TEXT, r"'\1'"),
    ("form-concat", _CONCATENATED, r"'\2\4'"),
)
_NESTED_FORMS: tuple[tuple[str, re.Pattern[str], _Form], ...] = (
    ("form-global", _OF_GLOBAL, ""),
    ("form-reflect", _REFLECTED, r"\1.\3"),
    ("form-reflect", _APPLIED, r"\1("),
    ("form-loader", _LOADERS, "require("),
    ("form-loader", _CALLED_BY, r"\1("),
)
