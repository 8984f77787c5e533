"""What a command line does, wherever it stands: a script of a manifest, a target, the argument of a call."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pratique.scan.reading.contract import Ability
from pratique.scan.reading.words import CREDENTIALS

MAX_COMMAND = 100_000

_FETCHES = re.compile(
    r"\b(?:curl|wget|aria2c|Invoke-WebRequest|iwr|Invoke-RestMethod|irm|Start-BitsTransfer|DownloadString|DownloadFile|"
    r"DownloadData|bitsadmin|certutil(?:\.exe)?\s+-urlcache|fetch)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://|\bftp://|\$\{?\w*URL|\b\d{1,3}(?:\.\d{1,3}){3}\b|\$\(", re.IGNORECASE)
_INTO_SHELL = re.compile(
    r"\|\s{0,4}(?:sudo\s+)?(?:/(?:usr/)?bin/)?(?:ba|z|da|k)?sh\b|\|\s{0,4}(?:sudo\s+)?(?:python[\d.]*|node|perl|ruby|php)\b"
    r"|\|\s{0,4}(?:iex|Invoke-Expression)\b|\b(?:iex|Invoke-Expression)\b|\b(?:ba|z|da)?sh\s+<\(|\bsource\s+<\(|\beval\s+[\"']?\$\(",
    re.IGNORECASE,
)
_RUNS_FILE = re.compile(
    r"\bchmod\s+(?:\+x|[0-7]{3,4}|[ugoa]{1,4}\+x)|\bStart-Process\b|(?:&&|;|\n)\s{0,8}(?:\./|/tmp/|%TEMP%|\$env:TEMP|\$TMP)"
    r"|(?:&&|;|\n)\s{0,8}(?:ba|z)?sh\s+[\w./$-]+|(?:&&|;|\n)\s{0,8}(?:node|bun|python[\d.]*|ruby|powershell)\s+[\w./$~-]+"
    r"|(?:&&|;|&|\n)\s{0,8}(?:start\s|cmd\s+/c\s)|(?:&&|&|;|\n)\s{0,8}[\w%\\/.$-]{1,60}\.(?:exe|bat|ps1|sh)\b",
    re.IGNORECASE,
)
_RUNTIME = re.compile(r"bun\.(?:sh|com)/install|deno\.(?:land|com)/|nodejs\.org/dist|astral\.sh/uv", re.IGNORECASE)
_ENCODED = re.compile(
    r"(?:-e(?:nc?|ncodedcommand)?|/e(?:nc)?)\s+[A-Za-z0-9+/=]{20,}|\bbase64\s+(?:-d|-D|--decode)\b|FromBase64String|"
    r"\bxxd\s+-r\b|\bopenssl\s+(?:enc|base64)\s[^\n]{0,40}-d\b|\bcertutil\s+-decode\b|\batob\(|Buffer\.from\([^)\n]{1,2000}base64"
    r"|b64decode\(",
    re.IGNORECASE,
)
_INLINE = re.compile(
    r"\b(?:node|bun|deno)\s+(?:-e|--eval|-p|--print)\b|\bpython[\d.]*\s+-c\b|\bperl\s+-e\b|\bruby\s+-e\b|\bphp\s+-r\b"
    r"|\bpowershell(?:\.exe)?\b|\bpwsh\b|\bmshta\b|\brundll32\b|\bregsvr32\b|\bwscript\b|\bcscript\b|\bosascript\b",
    re.IGNORECASE,
)
_SENDS = re.compile(
    r"\bcurl\b[^\n]{0,300}\s(?:-d|--data[\w-]*|-F|--form|-T|--upload-file|-X\s*(?:POST|PUT))\b|\bwget\b[^\n]{0,200}--post-(?:data|file)"
    r"|\b(?:Invoke-WebRequest|Invoke-RestMethod|iwr|irm)\b[^\n]{0,200}-Method\s+(?:Post|Put)|\bnc\s+[\w.-]+\s+\d{2,5}\s{0,3}<"
    r"|\b(?:curl|wget)\b[^\n]{0,300}(?:\$\(|`|\?[\w]{1,20}=\$|%USERNAME%|\$env:)",
    re.IGNORECASE,
)
_SYSTEM = re.compile(
    r"\$\((?:hostname|whoami|id|uname|pwd)|`(?:hostname|whoami|id|uname|pwd)|\$HOSTNAME|\$USER\b|%USERNAME%|%COMPUTERNAME%|"
    r"\$env:(?:USERNAME|COMPUTERNAME)|\b(?:whoami|hostname|ipconfig|ifconfig|systeminfo|uname -a)\b",
    re.IGNORECASE,
)
_ENVIRONMENT = re.compile(
    r"\b(?:printenv|env)\b\s{0,4}(?:\||>|\)|`|$)|\bset\s{0,3}\||\$\(env\)|Get-ChildItem\s+Env:|\bgci\s+env:",
    re.IGNORECASE,
)
_RESOLVES = re.compile(r"\b(?:nslookup|dig|host|Resolve-DnsName)\s[^\n]{0,120}(?:\$\(|`|\$\w|%\w+%)", re.IGNORECASE)


WORDS = re.compile(
    r"\b(?:curl|wget|aria2c|Invoke-WebRequest|iwr|Invoke-RestMethod|irm|Start-BitsTransfer|Download(?:String|File|Data)|"
    r"bitsadmin|certutil|fetch|base64|FromBase64String|xxd|openssl|powershell|pwsh|mshta|rundll32|regsvr32|[wc]script|"
    r"osascript|whoami|hostname|ipconfig|ifconfig|systeminfo|uname|printenv|nslookup|dig|Resolve-DnsName)\b|"
    r"\batob\(|Buffer\.from\(|b64decode\(|\bnc[ '\"`]|['\"` ]host[ '\"`]|[^.\w]env[ \t]{0,4}[|>)`\"'\n\\]|"
    r"\bset\s{0,3}\||\benv:|\$\(|\$HOSTNAME|\$USER\b|%(?:USER|COMPUTER)NAME%|`(?:id|pwd)|"
    r"\b(?:node|bun|deno|python[\d.]{0,5}|perl|ruby|php)['\"`\s,\[]{1,8}(?:-{1,2}[ecpr]|eval)",
    re.IGNORECASE,
)
"""Words without which `abilities_of` finds nothing, also where a command's parts stand apart as texts of code."""


def abilities_of(command: str) -> Iterator[Ability]:
    """What a command line does.

    Args:
        command: as it stands there; only its first `MAX_COMMAND` characters are read.
    """
    text = command[:MAX_COMMAND]
    into_shell = bool(_INTO_SHELL.search(text))
    fetches = bool(_FETCHES.search(text)) and (into_shell or bool(_ADDRESS.search(text)))
    encoded = bool(_ENCODED.search(text))
    if fetches:
        yield Ability.NETWORK
    if (fetches and (into_shell or _RUNS_FILE.search(text))) or (fetches and _RUNTIME.search(text)):
        yield Ability.RUNS_DOWNLOADED
    if encoded and (into_shell or _INLINE.search(text)):
        yield Ability.RUNS_DECODED
    if _INLINE.search(text):
        yield Ability.EVALUATES
    if _RESOLVES.search(text):
        yield Ability.RESOLVES_SECRETS
    yield from _what_it_sends(text, sends=bool(_SENDS.search(text)))


def _what_it_sends(text: str, *, sends: bool) -> Iterator[Ability]:
    if sends:
        yield Ability.SENDS
    if _ENVIRONMENT.search(text):
        yield Ability.READS_ENVIRONMENT
        if sends:
            yield Ability.SENDS_SECRETS
    if sends and CREDENTIALS.search(text):
        yield Ability.SENDS_SECRETS
    if _SYSTEM.search(text):
        yield Ability.READS_SYSTEM
        if sends:
            yield Ability.SENDS_SYSTEM
