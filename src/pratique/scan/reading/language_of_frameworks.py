"""The words of PowerShell, C# and Java."""

from __future__ import annotations

import re

from pratique.scan.reading.language import DECODED, Language, words_of

POWERSHELL = Language(
    network=words_of(
        r"\b(?:Invoke-WebRequest|iwr|Invoke-RestMethod|irm|Start-BitsTransfer|curl|wget)\b",
        r"\bNet\.WebClient\b",
        r"\bDownload(?:String|File|Data)\b",
        r"\bNet\.Http\.HttpClient\b",
        r"\bNet\.Sockets\.\w",
        flags=re.IGNORECASE,
    ),
    process=words_of(
        r"\bStart-Process\b",
        r"(?:^|[;|(]\s{0,5})&\s{0,3}[\$'\"(]",
        r"\bInvoke-Item\b",
        r"\bDiagnostics\.Process\b",
        r"\bcmd(?:\.exe)?\s{1,3}/c\b",
        r"\bsaps\b",
        flags=re.IGNORECASE,
    ),
    evaluates=words_of(
        r"\b(?:iex|Invoke-Expression)\b",
        r"\[scriptblock\]::Create",
        r"\bReflection\.Assembly\]::Load\b",
        r"\bAdd-Type\b",
        r"\.InvokeScript\(",
        flags=re.IGNORECASE,
    ),
    decodes=words_of(
        DECODED,
        r"\bFromBase64String\b",
        r"\b(?:Gzip|Deflate)Stream\b",
        r"-bxor\b",
        r"\bConvertTo-SecureString\b",
        r"\bAesManaged\b",
        r"-e(?:nc|ncodedcommand)?\s{1,3}[A-Za-z0-9+/=]{20,}",
        flags=re.IGNORECASE,
    ),
    sends=words_of(
        r"-Method\s{1,3}['\"]?(?:Post|Put)",
        r"\bUpload(?:String|Data|File|Values)\b",
        r"https?://[^\s'\"]{1,200}[=/]\$",
        flags=re.IGNORECASE,
    ),
    resolves=words_of(r"\bResolve-DnsName\b", r"\bDns\]::GetHost\w{4,9}\b", r"\bnslookup\b", flags=re.IGNORECASE),
    environment=words_of(
        r"\b(?:Get-ChildItem|gci|dir|ls)\s{1,3}env:", r"\bGetEnvironmentVariables\b", flags=re.IGNORECASE
    ),
    environment_value=words_of(
        r"\b(?:Get-ChildItem|gci|dir|ls)\s{1,3}env:", r"\bGetEnvironmentVariables\b", flags=re.IGNORECASE
    ),
    system=words_of(
        r"\$env:(?:COMPUTERNAME|USERNAME|USERDOMAIN)\b",
        r"\bGet-ComputerInfo\b",
        r"\bwhoami\b",
        r"\bsysteminfo\b",
        flags=re.IGNORECASE,
    ),
    writes=words_of(
        r"\bSet-Content\b",
        r"\bOut-File\b",
        r"\bWriteAll(?:Bytes|Text)\b",
        r"-OutFile\b",
        r"\bDownloadFile\b",
        flags=re.IGNORECASE,
    ),
)

CSHARP = Language(
    network=words_of(
        r"\bnew (?:System\.Net\.(?:Http\.)?)?(?:HttpClient|WebClient|TcpClient|UdpClient)\b",
        r"\bWebRequest\.Create\b",
        r"\bDownload(?:String|Data|File)\w{0,9}\(",
        r"\bGet(?:String|ByteArray|Stream)Async\(",
    ),
    process=words_of(r"\bProcess\.Start\b", r"\bnew (?:System\.Diagnostics\.)?ProcessStartInfo\b"),
    evaluates=words_of(
        r"\bAssembly\.Load(?:From|File)?\(",
        r"\bCSharpScript\.\w",
        r"\bCompileAssemblyFrom\w",
        r"\bAppDomain\.CurrentDomain\.Load\b",
    ),
    decodes=words_of(
        DECODED,
        r"\bFromBase64String\(",
        r"\b(?:GZip|Deflate|Brotli)Stream\b",
        r"\b(?:Aes|Rijndael\w{0,8}|TripleDES)\.Create\b",
        r"\bFromHexString\(",
        r"\^\s{0,3}\w{1,20}\[",
    ),
    sends=words_of(
        r"\bPostAsync\(",
        r"\bPutAsync\(",
        r"\bUpload(?:String|Data|File|Values)\w{0,9}\(",
        r"\bGetStringAsync\([^\n]{0,200}(?:\+|\{)",
    ),
    resolves=words_of(r"\bDns\.GetHost\w{4,16}\("),
    environment=words_of(r"\bGetEnvironmentVariables\("),
    environment_value=words_of(r"\bGetEnvironmentVariables\("),
    system=words_of(r"\bEnvironment\.(?:MachineName|UserName|UserDomainName)\b", r"\bDns\.GetHostName\("),
    writes=words_of(r"\bFile\.(?:WriteAll\w{4,5}|Create|OpenWrite)\b", r"\bDownloadFile\w{0,9}\("),
    native=words_of(r"\bNativeLibrary\.Load\b", r"\bLoadLibrary\b"),
)

JAVA = Language(
    network=words_of(
        r"\bnew (?:java\.net\.)?URL\(",
        r"\bURLConnection\b",
        r"\bHttpClient\b",
        r"\.openStream\(",
        r"\bnew (?:java\.net\.)?Socket\(",
        r"java/net/(?:URL|HttpURLConnection|Socket|http/HttpClient)\b",
        r"\bOkHttpClient\b",
        r"\.toURL\(\)",
    ),
    process=words_of(
        r"\bRuntime\.getRuntime\(\)",
        r"\bProcessBuilder\b",
        r"java/lang/(?:Runtime|ProcessBuilder)\b",
        r"\.execute\(\)\.text",
    ),
    evaluates=words_of(
        r"\bURLClassLoader\b",
        r"\bdefineClass\b",
        r"\bScriptEngine\w{0,8}\b",
        r"\bGroovyShell\b",
        r"javax/script/",
        r"\bnashorn\b",
    ),
    decodes=words_of(
        DECODED,
        r"\bBase64\b",
        r"\bCipher\.getInstance\b",
        r"javax/crypto/Cipher\b",
        r"\bGZIPInputStream\b",
        r"\bInflaterInputStream\b",
    ),
    sends=words_of(r"setRequestMethod\(\s{0,3}\"(?:POST|PUT)", r"\bsetDoOutput\b", r"\.POST\(", r"\bBodyPublishers?\b"),
    resolves=words_of(r"\bInetAddress\.getByName\b", r"\bgetAllByName\b"),
    environment=words_of(r"\bSystem\.getenv\(\)"),
    environment_value=words_of(r"\bSystem\.getenv\(\)"),
    system=words_of(r"\bInetAddress\.getLocalHost\b", r"\"user\.name\"", r"\bgetHostName\("),
    writes=words_of(r"\bFiles\.(?:write\w{0,6}|copy)\b", r"\bFileOutputStream\b"),
    marks_program=words_of(r"\bsetExecutable\(\s{0,3}true"),
    native=words_of(r"\bSystem\.load(?:Library)?\("),
)
