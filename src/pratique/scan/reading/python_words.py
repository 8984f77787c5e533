"""What the names of Python's calls do, by the module they live in."""

from __future__ import annotations

import functools
import re

from pratique.scan.reading.contract import Ability, Tag

COMMANDS = "command-lines"
"""The name of marks that a text holds what command lines are made of."""


def _p(*parts: str) -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(parts) + r")\Z")


_VERBS = "get|post|put|patch|delete|head|request|Session|session|stream|Client|AsyncClient|options"
NETWORK = _p(
    rf"(?:requests|httpx|niquests|curl_cffi\.requests|grequests)\.(?:{_VERBS})",
    rf"(?:requests\.(?:Session|session)|httpx\.(?:Client|AsyncClient)|aiohttp\.ClientSession|urllib3\.PoolManager)\(\)\.(?:{_VERBS})",
    r"urllib\.request\.(?:urlopen|urlretrieve|Request|build_opener|URLopener)",
    r"urllib2\.(?:urlopen|Request)",
    r"urllib\.(?:urlopen|urlretrieve)",
    r"http\.client\.HTTPS?Connection(?:\(\)\.request)?",
    r"httplib\.HTTPS?Connection",
    r"urllib3\.(?:PoolManager|request)",
    r"aiohttp\.(?:ClientSession|request)",
    r"socket\.(?:socket|create_connection)",
    r"ftplib\.FTP(?:_TLS)?",
    r"smtplib\.SMTP(?:_SSL)?",
    r"telnetlib\.Telnet",
    r"websockets?\.(?:connect|create_connection|WebSocketApp)",
    r"paramiko\.(?:SSHClient|Transport)",
    r"pycurl\.Curl",
    r"wget\.download",
    r"xmlrpc\.client\.ServerProxy",
)
SENDS = _p(
    r"(?:requests|httpx|niquests)\.(?:post|put|patch)",
    r".*\(\)\.(?:post|put|patch|sendall|sendto|sendmail|send_message|storbinary)",
    r"http\.client\.HTTPS?Connection\(\)\.request",
    r"smtplib\.SMTP(?:_SSL)?",
    r"ftplib\.FTP",
)
PROCESS = _p(
    r"subprocess\.(?:run|call|check_call|check_output|Popen|getoutput|getstatusoutput)",
    r"os\.(?:system|popen|startfile|exec[lv]p?e?|spawn[lv]p?e?|posix_spawnp?)",
    r"commands\.get(?:status)?output",
    r"pty\.spawn",
    r"asyncio\.create_subprocess_(?:exec|shell)",
    r"(?:win32api|shell)\.ShellExecute\w*",
    r"_winapi\.CreateProcess",
    r"distutils\.spawn\.spawn",
    r"sh\.\w+",
)
EVALUATES = _p(
    r"exec",
    r"eval",
    r"builtins\.(?:exec|eval)",
    r"execfile",
    r"types\.FunctionType",
    r"types\.CodeType",
    r"runpy\.run_(?:path|module)",
    r"marshal\.loads",
    r"code\.(?:InteractiveInterpreter|InteractiveConsole)\(\)\.run(?:code|source)",
    r"importlib\.util\.(?:spec_from_loader|module_from_spec)",
    r"importlib\.machinery\.SourceFileLoader",
    r"pickle\.loads",
    r"dill\.loads",
    r"cloudpickle\.loads",
)
COMPILES = _p(r"compile", r"builtins\.compile")
DECODES = _p(
    r"base64\.\w*decode\w*",
    r"binascii\.(?:unhexlify|a2b_\w+)",
    r"bytes(?:array)?\.fromhex",
    r"codecs\.decode",
    r"zlib\.decompress(?:obj)?",
    r"(?:lzma|bz2|gzip|brotli|zstandard)\.decompress",
    r"marshal\.loads",
    r".*Fernet\(\)\.decrypt",
    r".*\.(?:decrypt|decryptor)",
    r".*AES\.new(?:\(\)\.decrypt)?",
)
RESOLVES = _p(
    r"socket\.(?:gethostbyname(?:_ex)?|getaddrinfo)",
    r"dns\.resolver\.(?:resolve|query)",
    r"dns\.resolver\.Resolver\(\)\.(?:resolve|query)",
)
SYSTEM = _p(
    r"socket\.(?:gethostname|getfqdn)",
    r"platform\.(?:node|uname)",
    r"getpass\.getuser",
    r"os\.(?:uname|getlogin)",
    r"uuid\.getnode",
)
ENVIRONMENT = _p(r"os\.environ\.(?:items|copy|values|keys)", r"os\.environb?")
NATIVE = _p(r"ctypes\.(?:CDLL|WinDLL|windll\.LoadLibrary|cdll\.LoadLibrary|PyDLL)", r"cffi\.FFI\(\)\.dlopen")
MEMORY = _p(
    r"ctypes\.windll\.kernel32\.(?:VirtualAlloc|RtlMoveMemory|CreateThread|VirtualProtect|CreateRemoteThread)",
    r"os\.memfd_create",
    r"ctypes\.CFUNCTYPE",
)
CHMOD = _p(r"os\.chmod", r".*\.chmod")
WRITES = _p(r".*\.(?:write|writelines|write_bytes|write_text)", r"shutil\.copyfileobj", r"os\.write")
DOWNLOADS_TO = _p(r"urllib\.request\.urlretrieve", r"urllib\.urlretrieve", r"wget\.download")

TABLE: tuple[tuple[re.Pattern[str], Ability], ...] = (
    (NETWORK, Ability.NETWORK),
    (PROCESS, Ability.PROCESS),
    (EVALUATES, Ability.EVALUATES),
    (DECODES, Ability.DECODES),
    (RESOLVES, Ability.RESOLVES),
    (SYSTEM, Ability.READS_SYSTEM),
    (NATIVE, Ability.LOADS_NATIVE),
    (MEMORY, Ability.MEMORY),
    (SENDS, Ability.SENDS),
)

_TAGS = ((NETWORK, Tag.DOWNLOADED), (DECODES, Tag.DECODED), (SYSTEM, Tag.SYSTEM), (ENVIRONMENT, Tag.SECRET))
_LONGEST_NAME = 200
"""Characters of a call's full name beyond which it is none of those above."""


@functools.lru_cache(4096)
def _known(called: str) -> tuple[tuple[Ability, ...], frozenset[Tag]]:
    tags = frozenset(tag for pattern, tag in _TAGS if pattern.match(called) and called != "os.environ.copy")
    return tuple(ability for pattern, ability in TABLE if pattern.match(called)), tags


def abilities_of(called: str) -> tuple[Ability, ...]:
    """What a call does, by the full name of what is called."""
    return _known(called)[0] if len(called) < _LONGEST_NAME else ()


def tags_of(called: str) -> frozenset[Tag]:
    """Where what a call gives comes from."""
    return _known(called)[1] if len(called) < _LONGEST_NAME else frozenset()


WORTH_READING = re.compile(
    r"\b(?:exec|eval|execfile|__import__|import_module|startfile|FunctionType|CodeType)\s{0,3}\(|=\s{0,3}(?:exec|eval|__import__)\b|"
    r"\bos\.(?:system|popen|exec|spawn|posix_spawn)|\bgetattr\(\s{0,3}(?:os|sys|__)|\b(?:__builtins__|builtins)\b|"
    r"\b(?:import|from)[ \t]{1,9}[\w., \t]{0,200}\b(?:subprocess|socket|urllib\d?|requests|httpx|aiohttp|httplib|"
    r"ftplib|smtplib|telnetlib|paramiko|pycurl|niquests|xmlrpc|websockets?|wget|marshal|ctypes|cffi|runpy|pynput|pyperclip|ImageGrab|pty|mss|dns)\b|"
    r"\b(?:import|from)[ \t]{1,9}http\.client\b|\bfrom os import\b|\bpickle\.loads\b|__dict__\["
)
"""Names without which nothing that the tables above know can be called; modules without any are not parsed."""

_REACHES_OUT = re.compile(
    r"\b(?:import|from)[ \t]{1,9}[\w., \t]{0,200}\b(?:socket|urllib\d?|requests|httpx|aiohttp|"
    r"httplib|ftplib|smtplib|telnetlib|"
    r"paramiko|pycurl|niquests|xmlrpc|websockets?|wget|dns)\b|\b(?:import|from)[ \t]{1,9}http\.client\b"
)
_RUNS = re.compile(
    r"\b(?:exec|eval|execfile|startfile|FunctionType|CodeType)\s{0,3}\(|=\s{0,3}(?:exec|eval)\b|\bos\.(?:system|popen|exec|spawn|posix_spawn)|"
    r"\b(?:subprocess|marshal|ctypes|cffi|runpy|pty)\b|\bfrom os import\b|\bpickle\.loads\b"
)
_CONCEALS = re.compile(
    r"\b(?:__import__|import_module)\s{0,3}\(|\bgetattr\(\s{0,3}(?:os|sys|__)|\b(?:__builtins__|builtins)\b|__dict__\["
)
_TAKES = re.compile(
    r"\benviron|\bgethostname\b|\bgetuser\b|\bgetlogin\b|\buname\b|\bnode\(|\bexpanduser\b|\bhome\(|\bgetfqdn\b"
)
_DECODES = re.compile(
    r"base64|b64decode|\bzlib\b|\blzma\b|\bbz2\b|\bcodecs\b|binascii|fromhex|\bmarshal\b|\bchr\(|decrypt|\^|\[::-1\]"
)
_MEMORY = re.compile(r"\bCFUNCTYPE\b|\bRtlMoveMemory\b|\bVirtualProtect|\bCreateThread\b|\bmemfd_create\b")

KINDS_OF_CALLS: dict[str, re.Pattern[str]] = {
    "reaches-out": _REACHES_OUT,
    "runs": _RUNS,
    "conceals": _CONCEALS,
    "takes": _TAKES,
    "unpacks": _DECODES,
    "memory": _MEMORY,
}
"""What a module may hold, from its words alone; marked beside the groups of its language."""

WORTH_PAIRS = (
    ("reaches-out", "runs"),
    ("reaches-out", "takes"),
    ("runs", "unpacks"),
    ("runs", COMMANDS),
    ("conceals", "conceals"),
    ("memory", "memory"),
)
"""Two kinds that a module must hold to be parsed where it runs at import or later: one alone does no harm, but for what
conceals, and what writes into memory.
"""
