"""What a Python module has to name before it can do harm: one that names none of it is not parsed.

A name can be called by any other, written over many lines and blanks, or handed on; but it has to stand somewhere,
where it is imported or as a text that something looks up. So these are words and what may stand before them, never
how a call is written. Where words alone would be prose, what prose has before a word is left out.
"""

from __future__ import annotations

import re

from pratique.scan.reading import words
from pratique.scan.reading.contract import Ability

COMMANDS = "command-lines"
"""The name of marks that a text holds what command lines are made of."""

_BEFORE = r"(?:[^\w\s'\"`/-][ \t]?|[\r\n\f][ \t]?|[ \t]{2}|\bimport[ \t]|\bfrom[ \t])"
"""What stands before a name in code: all but a word and one blank, which prose has, unless that word imports it."""

_BEFORE_MODULE = r"(?:[^\w\s'\"`/.*-][ \t]?|[\r\n\f][ \t]?|[ \t]{2}|\bimport[ \t]|\bfrom[ \t])"
"""The same of a name that is a module's or built in, and so no part of another."""

_WORDS_BEFORE = "return|yield|in|else|and|or|not|if|while|await"
"""Words of Python that a name may stand behind."""

_HOLDERS = r"(?:os|posix|nt|builtins|__builtin__|subprocess|importlib|sys|runpy)"
_B = r"[ \t\f\\\r\n]{0,40}"
"""Blanks and line ends inside an expression."""


_RUNS = re.compile(
    r"\b(?:execfile|__import__|import_module|spec_from_loader|module_from_spec|spec_from_file_location|"
    r"SourceFileLoader|SourcelessFileLoader|exec_module|load_module|load_source|startfile|CodeType|"
    r"subprocess|create_subprocess_(?:shell|exec)|subprocess_(?:shell|exec)|runpy|fork_exec|popen[234]?|"
    r"spawn[lv]p?e?|posix_spawnp?|exec[lv]p?e?|getoutput|getstatusoutput|InteractiveInterpreter|InteractiveConsole|"
    r"_winapi|ShellExecute\w{0,9}|__builtins__|ImageGrab|pynput|pyperclip)\b|"
    rf"{_BEFORE_MODULE}(?:exec|eval)\b|\A(?:exec|eval)\b|"
    rf"\b(?:{_WORDS_BEFORE}|lambda|assert|from|import)[ \t](?:exec|eval)\b|"
    rf"{_BEFORE_MODULE}(?:pty|mss|sh)\b"
)
_EVALUATES = re.compile(r"\b(?:eval|exec)\b")
_BUILTINS = re.compile(r"\b(?:builtins|__builtin__)\b")
_CALLS_SYSTEM = re.compile(rf"{_BEFORE}system\b|['\"]system['\"]|\b(?:{_WORDS_BEFORE})[ \t]system\b")
_HOLDS_SYSTEM = re.compile(r"\b(?:os|posix|nt|ctypes|modules)\b")
_REACHES_OUT = re.compile(
    rf"{_BEFORE_MODULE}(?:urllib[23]?|requests|httpx|aiohttp|httplib|ftplib|smtplib|telnetlib|paramiko|pycurl|niquests|xmlrpc|"
    rf"websockets?|wget|grequests|curl_cffi|dns|socket)\b|{_BEFORE_MODULE}http[^:\w]"
)
_TAKES = re.compile(
    r"\benviron|\bgethostname\b|\bgetuser\b|\bgetlogin\b|\buname\b|\bgetnode\b|\bexpanduser\b|\bgetfqdn\b|"
    rf"\.{_B}home\b|\b(?:import|from){_B}platform\b|,{_B}platform\b"
)
_LOADS = re.compile(
    rf"\b(?:marshal|dill|cloudpickle|ctypes|cffi)\b|pickle{_B}\.{_B}loads\b|pickle[ \t\f]{{1,40}}as\b|"
    rf"\bfrom{_B}_?c?[pP]ickle\b"
)
_MAKES_FUNCTIONS = re.compile(r"\bFunctionType\b")
_COMPILES = re.compile(r"\bcompile\b|\bmarshal\b")
_UNPACKS = re.compile(
    r"base64|b64decode|\bzlib\b|\blzma\b|\bbz2\b|\bcodecs\b|binascii|fromhex|\bmarshal\b|\bchr\b|decrypt|\^|\[::-1\]"
)
_MEMORY = re.compile(r"\bCFUNCTYPE\b|\bRtlMoveMemory\b|\bVirtualProtect|\bCreateThread\b|\bmemfd_create\b")
_LOOKS_UP = re.compile(
    r"\bgetattr\b|__dict__|\bvars\b|\bglobals\b|\blocals\b|__getattribute__|\battrgetter\b|\bitemgetter\b|\bmethodcaller\b"
)
_HANDS_ON = re.compile(
    rf"\b{_HOLDERS}[ \t\f]{{1,40}}as\b|[=(\[{{:]{_B}{_HOLDERS}{_B}[)\]}};#\r\n]|,{_B}{_HOLDERS}{_B}[)\]}}]|"
    rf"[=(\[{{:]{_B}{_HOLDERS}{_B},{_B}(?:[^'\"\s\\]|['\"][^'\"\n]{{0,40}}['\"]{_B}[^,)\s\\])|"
    rf"\b(?:{_WORDS_BEFORE}){_B}{_HOLDERS}{_B}[,)\]}};#\r\n]|"
    rf"\b{_HOLDERS}{_B}\.{_B}(?:__dict__|__getattribute__)|\bmodules{_B}\[{_B}['\"]|\bmodules{_B}\.{_B}get\b|"
    rf"[=(\[{{:,\r\n][ \t\f]{{0,40}}{_HOLDERS}[ \t\f]{{0,40}}#|[\r\n][ \t\f]{{0,40}}{_HOLDERS}{_B}[,)]|"
    rf"\b{_HOLDERS}{_B}\.{_B}#|"
    rf"\bgetattr{_B}\({_B}(?:\w{{1,40}}{_B}\.)?{_B}modules\b"
)
"""Modules that are handed on as values, looked into as tables, or looked up; a plain text is seen where it stands."""

_WRITES = re.compile(
    r"\bopen\b|\bwrite(?:_text|_bytes|lines)?\b|\bcopy(?:file|tree|2)?\b|\bmakedirs\b|\bsymlink\b|\brename\b|\brmtree\b"
)

KINDS_OF_CALLS: dict[str, re.Pattern[str]] = {
    "runs": _RUNS,
    "names-evaluation": _EVALUATES,
    "builtins": _BUILTINS,
    "calls-system": _CALLS_SYSTEM,
    "holds-system": _HOLDS_SYSTEM,
    "reaches-out": _REACHES_OUT,
    "takes": _TAKES,
    "loads": _LOADS,
    "makes-functions": _MAKES_FUNCTIONS,
    "compiles": _COMPILES,
    "unpacks": _UNPACKS,
    "memory": _MEMORY,
    "writes": _WRITES,
    "looks-up": _LOOKS_UP,
    "hands-on": _HANDS_ON,
}
"""What a module may hold, from its words alone; marked beside the groups of its language."""

_DONE_BY_WRITING = (Ability.STAYS, Ability.AGENT_SETTINGS, Ability.WORKFLOWS, Ability.DESTROYS)

WORTH_PAIRS = (
    *(("writes", ability.value) for ability in _DONE_BY_WRITING),
    *(("reaches-out", ability.value) for _, ability in words.TABLE),
    ("runs", "runs"),
    ("memory", "memory"),
    ("names-evaluation", "builtins"),
    ("calls-system", "holds-system"),
    ("reaches-out", "takes"),
    ("loads", "unpacks"),
    ("loads", "reaches-out"),
    ("makes-functions", "compiles"),
    ("looks-up", "hands-on"),
)
"""Two kinds of which a module must hold both, or one, to be parsed where it runs at import or later."""

_ODD_LETTERS = re.compile("[\u0132\u0133\u01c7-\u01cc\u01f1-\u01f3\u2161-\u216b\u2171-\u217b\ufb00-\ufb06]")
"""Letters that Python takes for several of ASCII, so that no word shows."""


def has_odd_letters(text: str) -> bool:
    """Whether names may stand in a text that no mark sees: a ligature that Python reads as two letters."""
    return not text.isascii() and _ODD_LETTERS.search(text) is not None
