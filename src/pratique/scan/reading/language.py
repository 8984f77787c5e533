"""How each language says what `contract.Ability` names: tables of words, one a language."""

from __future__ import annotations

import re

import msgspec

_NEVER = re.compile(r"(?!)")


class Language(msgspec.Struct, frozen=True):
    """The words of one language. Each pattern is held against one statement.

    Attributes:
        network: asks or opens a connection.
        sends: sends what it is given.
        resolves: looks up a host name.
        process: starts a program; what it runs stands in the statement.
        evaluates: runs a text as code.
        decodes: makes a value out of an encoded or encrypted one.
        environment: takes all variables of the environment.
        environment_value: mentions them as a value, perhaps for a child process only.
        system: asks who and where this machine is.
        writes: writes a file.
        marks_program: makes a file a program.
        native: loads compiled code.
    """

    network: re.Pattern[str]
    process: re.Pattern[str]
    evaluates: re.Pattern[str] = _NEVER
    decodes: re.Pattern[str] = _NEVER
    sends: re.Pattern[str] = _NEVER
    resolves: re.Pattern[str] = _NEVER
    environment: re.Pattern[str] = _NEVER
    environment_value: re.Pattern[str] = _NEVER
    system: re.Pattern[str] = _NEVER
    writes: re.Pattern[str] = _NEVER
    marks_program: re.Pattern[str] = _NEVER
    native: re.Pattern[str] = _NEVER


def words_of(*parts: str, flags: int = 0) -> re.Pattern[str]:
    """One pattern of several."""
    return re.compile("|".join(parts), flags)


DECODED = r"__decoded__"
"""What `lexical.put_together` writes before a text that was hidden."""


JAVASCRIPT = Language(
    network=words_of(
        r"\bhttps?\.(?:get|request)\b",
        r"\bhttp2\.connect\b",
        r"require\(['\"](?:node:)?https?['\"]\)\.(?:get|request)",
        r"(?<![.\w])fetch\s{0,3}\(",
        r"\b(?:globalThis|window|global)\.fetch\s{0,3}\(",
        r"(?<![.\w])(?:axios|got|needle|superagent|ky|undici)(?:\.(?:get|post|put|patch|request|fetch|stream|head))?\s{0,3}\(",
        r"(?<![.\w])request(?:\.(?:get|post|put))?\s{0,3}\(\s{0,3}['\"`{]",
        r"\bnew (?:WebSocket|XMLHttpRequest|EventSource)\b",
        r"\b(?:net|tls)\.(?:connect|createConnection|Socket)\b",
        r"\bdgram\.createSocket\b",
        r"\bsendBeacon\s{0,3}\(",
        r"\bDeno\.connect\b",
    ),
    process=words_of(
        r"\bchild_process\.(?:exec|execSync|spawn|spawnSync|execFile|execFileSync|fork)\b",
        r"require\(['\"](?:node:)?child_process['\"]\)\.\w{3,20}",
        r"import\(['\"](?:node:)?child_process['\"]\)",
        r"(?<![.\w$])(?:execSync|spawnSync|execFileSync|execa|execaSync)\s{0,3}\(",
        r"\bBun\.spawn(?:Sync)?\b",
        r"\bDeno\.(?:run|Command)\b",
        r"\bshell(?:js)?\.exec\b",
        r"\.mainModule\.require\(",
        r"\bprocess\.binding\(['\"]spawn_sync",
    ),
    evaluates=words_of(
        r"(?<![.\w$])eval\s{0,3}\(",
        r"\(0,\s{0,3}eval\)\s{0,3}\(",
        r"\b(?:globalThis|window|global|self|this)\.eval\s{0,3}\(",
        r"\bnew Function\b",
        r"\bFunction\.constructor\b",
        r"require\(['\"](?:node:)?vm['\"]\)\.\w{3,20}",
        r"(?<![.\w$])Function\s{0,3}\(\s{0,3}['\"`\w$]",
        r"\bvm\.(?:runIn\w{3,20}|Script|compileFunction)\b",
        r"\.constructor\.constructor\s{0,3}\(",
        r"\b_compile\s{0,3}\(",
        r"\bset(?:Timeout|Interval)\s{0,3}\(\s{0,3}(?:['\"`]|atob)",
        r"\bimport\s{0,3}\(\s{0,3}[`'\"]data:",
        r"Object\.getPrototypeOf\(async function[^\n]{0,80}constructor",
    ),
    decodes=words_of(
        DECODED,
        r"\batob\s{0,3}\(",
        r"\bBuffer\.from\([^\n]{1,400}?['\"](?:base64(?:url)?|hex)['\"]",
        r"\.toString\(\s{0,3}['\"]utf-?8['\"]\s{0,3}\)[^\n]{0,20}base64",
        r"\bcreateDecipher(?:iv)?\b",
        r"\b(?:inflate(?:Raw)?|gunzip|unzip|brotliDecompress)(?:Sync)?\s{0,3}\(",
        r"\bString\.from(?:CharCode|CodePoint)\b",
        r"\bCryptoJS\.\w{2,20}\.decrypt\b",
        r"\bcharCodeAt\([^)\n]{0,40}\)\s{0,3}\^",
        r"\^\s{0,3}\w{1,30}(?:\.charCodeAt|\[)",
        r"\bcodePointAt\([^)\n]{0,20}\)\s{0,3}-\s{0,3}(?:0x|\d)",
        r"\bunescape\(\s{0,3}['\"]%",
        r"\bnew Uint8Array\([^\n]{0,200}\.map\([^\n]{0,60}\^",
    ),
    sends=words_of(
        r"\bmethod\s{0,3}:\s{0,3}['\"](?:POST|PUT)['\"]",
        r"\.(?:post|put)\s{0,3}\(",
        r"\bsendBeacon\s{0,3}\(",
        r"\bhttps?\.(?:get|request)\([^\n]{0,200}(?:\?|/)['\"`]?\s{0,3}(?:\+|\$\{)",
        r"(?<![.\w])fetch\s{0,3}\([^\n]{0,200}(?:=|/)['\"`]?\s{0,3}(?:\+|\$\{)",
    ),
    resolves=words_of(r"\bdns\.(?:promises\.)?(?:resolve\w{0,6}|lookup)\b", r"\bdnsPromises\.\w"),
    environment=words_of(
        r"\bJSON\.stringify\(\s{0,3}(?:\{\s{0,3}\.\.\.)?process\.env\s{0,3}[,)}]",
        r"\bObject\.(?:entries|keys|values)\(\s{0,3}process\.env\b",
        r"\bin process\.env\b",
        r"(?<![\w.])(?:env|environment|e)\s{0,3}[:=]\s{0,3}process\.env\s{0,3}[;,)}\n]",
        r"\bDeno\.env\.toObject\b",
    ),
    environment_value=words_of(r"\bprocess\.env\b(?![.\[\w])"),
    system=words_of(
        r"\bos\.(?:hostname|userInfo|networkInterfaces)\b", r"require\(['\"](?:node:)?os['\"]\)\.(?:hostname|userInfo)"
    ),
    writes=words_of(
        r"\bwriteFile(?:Sync)?\s{0,3}\(",
        r"\bcreateWriteStream\s{0,3}\(",
        r"\.pipe\s{0,3}\(",
        r"\bappendFile(?:Sync)?\b",
        r"\bBun\.write\b",
    ),
    marks_program=words_of(
        r"\bchmod(?:Sync)?\s{0,3}\([^\n]{1,200}(?:0o?[157][0-7]{2}|['\"]\+?[0-7x]{2,4}['\"]|\b493\b|\b511\b)"
    ),
    native=words_of(r"\bprocess\.dlopen\b", r"\bffi-napi\b"),
)

RUBY = Language(
    network=words_of(
        r"\bNet::HTTP\b",
        r"\bURI\.open\b",
        r"\bopen-uri\b",
        r"\bURI(?:\.parse)?\([^\n]{1,200}\)\.(?:open|read)\b",
        r"\bopen\(?\s{0,3}['\"]https?:",
        r"\b(?:HTTParty|Faraday|RestClient|Excon|Typhoeus|HTTP)\.\w",
        r"\b(?:TCPSocket|UDPSocket|OpenSSL::SSL::SSLSocket)\b",
    ),
    process=words_of(
        r"`[^`\n]{2,2000}`",
        r"%x[\[({|/]",
        r"(?<![.\w])(?:Kernel\.)?(?:system|exec|spawn)[ (]{1,3}['\"\w%@\[]",
        r"\bIO\.popen\b",
        r"\bOpen3\.\w",
        r"\bProcess\.spawn\b",
        r"\bPTY\.spawn\b",
    ),
    evaluates=words_of(
        r"(?<![.\w:])eval[ (]",
        r"\b(?:instance|class|module)_eval[ (]{1,3}(?![ {]|do\b)[\w'\"@]",
        r"\bKernel\.eval\b",
        r"\b(?:public_)?send\(?\s{0,3}['\":]{1,2}eval",
        r"\bmethod\(\s{0,3}:eval",
        r"\bRubyVM::InstructionSequence\b",
        r"\bTOPLEVEL_BINDING\.eval\b",
    ),
    decodes=words_of(
        DECODED,
        r"\bBase64\.\w{0,8}decode64\b",
        r"\.unpack1?\(?\s{0,3}['\"](?:m|H|u)",
        r"\.pack\(?\s{0,3}['\"](?:H|C|c|U)\*",
        r"\bZlib(?:::\w{0,20}Inflate|\.(?:gunzip|inflate)|::GzipReader)",
        r"\bOpenSSL::Cipher\b",
        r"\bMarshal\.load\b",
        r"\.bytes\b[^\n]{0,60}\^",
        r"\.tr\(\s{0,3}['\"][a-zA-Z-]{3,60}['\"]\s{0,3},",
    ),
    sends=words_of(
        r"\bNet::HTTP\.post\w{0,5}\b",
        r"\bNet::HTTP::(?:Post|Put)\b",
        r"\.post\b",
        r"\bNet::HTTP\.get\w{0,9}\(?[^\n]{0,200}#\{",
        r"https?://[^\s'\"]{1,200}#\{",
    ),
    resolves=words_of(r"\bResolv\b", r"\bAddrinfo\.\w", r"\bgetaddrinfo\b", r"\bgethostbyname\b", r"\bgetaddress\b"),
    environment=words_of(
        r"\bENV\.(?:to_h|to_a|each\w{0,9}|map|inspect|to_json|select|sort|filter\w{0,4}|reject|collect|find_all)\b",
        r"\bto_json\(ENV\b",
        r"\bJSON\.\w{4,16}\(ENV\b",
    ),
    environment_value=words_of(r"\bENV\b(?!\[|\.(?:fetch|key|\[|delete|include))"),
    system=words_of(
        r"\bSocket\.gethostname\b", r"\bEtc\.(?:getlogin|getpwuid)\b", r"`(?:hostname|whoami|uname -a|id)`"
    ),
    writes=words_of(r"\bFile\.(?:binwrite|write|open)\b", r"\bIO\.(?:binwrite|write|copy_stream)\b", r"\.write\b"),
    marks_program=words_of(r"\bchmod\b[^\n]{0,40}(?:0?o?7[0-7]{2}|0?o?5[0-7]{2}|\+x)"),
    native=words_of(r"\bFiddle\.dlopen\b", r"\bFFI::Library\b"),
)

RUST = Language(
    network=words_of(
        r"\b(?:reqwest|ureq|minreq|attohttpc|isahc|hyper|surf)::",
        r"\b(?:TcpStream|UdpSocket|UnixStream)::(?:connect|bind)\b",
        r"\bcurl::easy\b",
        r"\bnative_tls::",
    ),
    process=words_of(r"\bCommand::new\b", r"\bprocess::Command\b", r"\blibc::(?:system|execv\w{0,2}|popen)\b"),
    decodes=words_of(
        DECODED,
        r"\bbase64::",
        r"\b(?:STANDARD|URL_SAFE)\w{0,9}\.decode\b",
        r"\bhex::decode\b",
        r"\b(?:Gz|Zlib|Deflate|Xz)Decoder\b",
        r"\binclude_bytes!",
        r"\binclude_str!",
        r"\|\s{0,3}\w{1,20}\s{0,3}\|\s{0,3}\*?\w{1,20}\s{0,3}\^",
        r"\bAes\w{2,12}::",
    ),
    sends=words_of(
        r"\.post\s{0,3}\(", r"\.put\s{0,3}\(", r"\.send_(?:string|json|form|bytes)\b", r"\.write_all\b", r"\.body\("
    ),
    resolves=words_of(r"\bto_socket_addrs\b", r"\blookup_host\b"),
    environment=words_of(r"\benv::vars(?:_os)?\(\)"),
    environment_value=words_of(r"\benv::vars(?:_os)?\(\)"),
    system=words_of(r"\bhostname::get\b", r"\bwhoami::\w", r"\bgethostname\b"),
    writes=words_of(r"\bfs::write\b", r"\bFile::create\b", r"\.write_all\b", r"\bio::copy\b", r"\bOpenOptions::new\b"),
    marks_program=words_of(
        r"\bset_mode\(\s{0,3}0o[1357][0-7]{2}", r"\bfrom_mode\(\s{0,3}0o[1357][0-7]{2}", r"\bset_permissions\b"
    ),
    native=words_of(r"\blibloading::", r"\bdlopen\b", r"\bLibrary::new\b"),
)

PYTHON = Language(
    network=words_of(
        r"\burllib2?\.(?:request\.)?urlopen\b",
        r"\brequests\.\w{3,7}\(",
        r"\burlopen\(",
        r"\bhttplib\.",
        r"\bsocket\.socket\b",
        r"\burlretrieve\(",
    ),
    process=words_of(r"\bos\.(?:system|popen)\b", r"\bsubprocess\.\w", r"\bcommands\.get"),
    evaluates=words_of(r"(?<![.\w])exec\b", r"(?<![.\w])eval\s{0,3}\(", r"\bexecfile\("),
    decodes=words_of(
        DECODED,
        r"\bb64decode\b",
        r"\.decode\(\s{0,3}['\"](?:base64|hex|rot13|zlib)",
        r"\bzlib\.decompress\b",
        r"\bunhexlify\b",
        r"\bmarshal\.loads\b",
    ),
    sends=words_of(r"\brequests\.post\b", r"\.sendall\("),
    environment=words_of(r"\bos\.environ\.(?:items|values|keys)\b", r"\bdict\(os\.environ\)"),
    environment_value=words_of(r"\bos\.environ\b(?!\[|\.get|\.copy)"),
    system=words_of(r"\bsocket\.gethostname\b", r"\bgetpass\.getuser\b", r"\bplatform\.node\b"),
    writes=words_of(r"\.write\("),
    marks_program=words_of(r"\bos\.chmod\b"),
)
