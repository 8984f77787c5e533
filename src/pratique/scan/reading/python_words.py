"""What the names of Python's calls do, by the module they live in."""

from __future__ import annotations

import functools
import re

from pratique.scan.reading.contract import Ability, Tag


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
    r"(?:.*\.)?create_subprocess_(?:exec|shell)",
    r"(?:win32api|shell)\.ShellExecute\w*",
    r"_winapi\.CreateProcess",
    r"_posixsubprocess\.fork_exec",
    r"popen2\.popen\d",
    r".*\.subprocess_(?:shell|exec)",
    r"ctypes\..*\.(?:_?w?system|_?w?popen|WinExec|ShellExecute\w*|execvp?e?)",
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


_OF_STAR = {
    "os": "system popen startfile execv execve execvp execl execlp spawnv spawnl posix_spawn environ",
    "subprocess": "run call check_call check_output Popen getoutput getstatusoutput",
    "base64": "b64decode urlsafe_b64decode b32decode b85decode a85decode b16decode",
    "urllib.request": "urlopen urlretrieve Request",
    "requests": "get post put patch request Session",
    "socket": "socket create_connection gethostname gethostbyname",
}


def names_of_star(module: str) -> dict[str, str]:
    """What `from module import *` gives full names to, as far as the tables above know any of it."""
    known = "os" if module in ("posix", "nt") else module
    return {name: f"{known}.{name}" for name in _OF_STAR.get(known, "").split()}
