"""Words that tell what code is after, whatever language it is written in: paths, hosts, flags, commands.

They are looked for in code whose strings were put together (`lexical`), never in prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pratique.scan.reading.contract import Ability

_SEP = r"[/\\]{1,2}"


def _any(*parts: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile("|".join(parts), flags)


CREDENTIALS = _any(
    r"\.npmrc\b",
    r"\.pypirc\b",
    r"\.netrc\b",
    r"\.git-credentials",
    rf"\.aws['\"]?(?:{_SEP}|,\s{{0,4}}['\"])(?:credentials|config)",
    rf"\.ssh['\"]?(?:{_SEP}|,\s{{0,4}}['\"])?(?:id_[a-z0-9]{{2,8}}|authorized_keys|\*|['\"])",
    r"\bid_(?:rsa|ed25519|ecdsa|dsa)\b",
    rf"\.kube['\"]?(?:{_SEP}|,\s{{0,4}}['\"])config",
    rf"\.docker['\"]?(?:{_SEP}|,\s{{0,4}}['\"])config\.json",
    rf"gcloud['\"]?(?:{_SEP}|,\s{{0,4}}['\"])(?:application_default_credentials|credentials\.db|access_tokens)",
    rf"\.azure['\"]?(?:{_SEP}|,\s{{0,4}}['\"])",
    rf"\.cargo['\"]?(?:{_SEP}|,\s{{0,4}}['\"])credentials",
    rf"\.gem['\"]?(?:{_SEP}|,\s{{0,4}}['\"])credentials",
    rf"\.m2['\"]?(?:{_SEP}|,\s{{0,4}}['\"])settings(?:-security)?\.xml",
    r"NuGet\.Config\b",
    rf"(?:\.config{_SEP})?gh['\"]?(?:{_SEP}|,\s{{0,4}}['\"])hosts\.yml",
    r"\.vault-token",
    r"/etc/(?:shadow|passwd)\b",
    r"(?:^|[/'\"*])\.env(?:\.local|\.production)?['\"]",
    r"serviceaccount/token",
    r"\.gnupg\b",
    r"\.(?:bash|zsh)_history\b",
    r"\bgh auth token\b",
    r"security\s+(?:find-generic-password|dump-keychain)",
    r"login\.keychain",
    r"\.terraform\.d['\"/\\]",
)
BROWSERS = _any(
    rf"(?:Chrome|Chromium|Edge|Brave-Browser|Opera[\w ]{{0,12}}|Vivaldi|Yandex\w{{0,10}}){_SEP}(?:User Data|Default)",
    r"\bLogin Data\b",
    r"\bWeb Data\b['\"]",
    r"\bLocal State\b['\"]",
    rf"Mozilla{_SEP}Firefox{_SEP}Profiles",
    r"\blogins\.json\b",
    r"\bkey4\.db\b",
    r"\bcookies\.sqlite\b",
    r"CryptUnprotectData",
    rf"discord(?:canary|ptb)?['\"]?(?:{_SEP}|,\s{{0,4}}['\"])Local Storage",
    r"Local Storage[/\\]{1,2}leveldb",
)
WALLETS = _any(
    r"\bwallet\.dat\b",
    r"\.electrum\b",
    r"\bExodus[/\\]{1,2}exodus\.wallet",
    r"\bexodus\.wallet\b",
    r"nkbihfbeogaeaoehlefnkodbefgpgknn",
    r"\.config['\"/\\, ]{1,6}solana",
    r"\bsolana['\"/\\, ]{1,6}id\.json",
    r"\bkeystore/UTC--",
    r"\bAtomic[/\\]{1,2}Local Storage",
    r"\bMetaMask\b[^\n]{0,60}(?:vault|Extension)",
)
SECRET_NAMES = re.compile(
    r"\b(?:(?:NPM|NODE_AUTH|GITHUB|GH|GITLAB|CI_JOB|PYPI|TWINE|UV_PUBLISH|CARGO_REGISTRY|GEM_HOST|RUBYGEMS|NUGET|"
    r"HUGGINGFACE|HF|SLACK|DISCORD|SNYK|SONAR|VERCEL|NETLIFY|HEROKU|CLOUDFLARE|DIGITALOCEAN|VAULT)_[A-Z_]{0,24}"
    r"(?:TOKEN|PASSWORD|API_KEY|SECRET|KEY)"
    r"|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|AWS_ACCESS_KEY_ID|AZURE_CLIENT_SECRET|GOOGLE_APPLICATION_CREDENTIALS|"
    r"OPENAI_API_KEY|ANTHROPIC_API_KEY|GEMINI_API_KEY|STRIPE_SECRET_KEY|ACTIONS_ID_TOKEN_REQUEST_TOKEN|"
    r"ACTIONS_RUNTIME_TOKEN|DATABASE_URL|SSH_PRIVATE_KEY|KUBECONFIG|MNEMONIC|PRIVATE_KEY)\b"
)
METADATA = _any(
    r"169\.254\.169\.254",
    r"169\.254\.170\.2",
    r"fd00:ec2::254",
    r"metadata\.google\.internal",
    r"100\.100\.100\.200",
    r"\b2852039166\b",
    r"0xa9fea9fe",
    flags=re.IGNORECASE,
)
DROP_HOSTS = _any(
    r"discord(?:app)?\.com/api/(?:v\d+/)?webhooks",
    r"api\.telegram\.org/bot",
    r"api\.telegram\.org",
    r"hooks\.slack\.com/(?:services|workflows)",
    r"\bwebhook\.site\b",
    r"\b[\w-]{0,60}\.?oast\.(?:fun|pro|live|site|online|me|us)\b",
    r"\boastify\.com\b",
    r"\bburpcollaborator\.net\b",
    r"\binteract\.sh\b",
    r"\b(?:[\w-]{1,60}\.)?pipedream\.net\b",
    r"\brequestbin\.(?:com|net)\b",
    r"\brequestcatcher\.com\b",
    r"\bbeeceptor\.com\b",
    r"\bdnslog\.cn\b",
    r"\bceye\.io\b",
    r"\bcanarytokens\.(?:com|org)\b",
    r"\bngrok(?:-free)?\.(?:io|app|dev)\b",
    r"\btrycloudflare\.com\b",
    r"\bserveo\.net\b",
    r"\blocaltunnel\.me\b",
    r"\bpastebin\.com/raw\b",
    r"\bpaste\.(?:ee|rs)/(?:r/|\w)",
    r"\bhastebin\.com/raw\b",
    r"\brentry\.co/\w{1,40}/raw\b",
    r"\btransfer\.sh\b",
    r"\bfile\.io\b(?=['\"/])",
    r"\b(?:api\.)?gofile\.io\b",
    r"\bcatbox\.moe\b",
    r"\banonfiles?\.com\b",
    r"\btermbin\.com\b",
    r"\b0x0\.st\b",
    r"\bipfs\.io/ipfs/",
    r"\b\w{10,70}\.onion\b",
)
SYSTEM_HOSTS = _any(
    r"\bapi\.ipify\.org\b", r"\bipinfo\.io\b", r"\bifconfig\.(?:me|co)\b", r"\bicanhazip\.com\b", r"\bip-api\.com\b"
)
AGENT_FLAGS = _any(
    r"--dangerously-skip-permissions\b",
    r"--dangerously-bypass-approvals-and-sandbox\b",
    r"--yolo\b",
    r"--trust-all-tools\b",
    r"--full-auto\b",
    r"--approval-mode[= '\",]{1,6}(?:yolo|full-auto|auto_edit|never)",
    r"--permission-mode[= '\",]{1,6}bypassPermissions",
    r"--allow-all-tools\b",
    r"--no-interactive\b[^\n]{0,40}--trust",
    r"--sandbox[= '\",]{1,6}danger-full-access",
    r"--ask-for-approval[= '\",]{1,6}never",
)
AGENTS = re.compile(
    r"""(?:^|[\s'"`(\[,/=;&|$])(?:claude|gemini|codex|cursor-agent|aider|qwen|copilot|amp|opencode|goose|q)(?=['"`\s,\])])"""
)
AGENT_FILES = _any(
    r"""\.(?:claude|cursor|codex|gemini|windsurf|continue|roo|cline|aider|kiro)(?:['"]|[/\\])""",
    r"\b(?:CLAUDE|AGENTS|GEMINI)\.md\b",
    r"\bSKILL\.md\b",
    r"\.cursorrules\b",
    r"\.windsurfrules\b",
    r"copilot-instructions\.md",
    r"claude_desktop_config\.json",
    r"\bmcp\.json\b",
    r"\.mcp\.json\b",
)
WORKFLOWS = re.compile(r"""\.github['"]?(?:[/\\]{1,2}|,\s{0,4}['"])workflows""")
REPOSITORIES = _any(
    r"api\.github\.com/user/repos",
    r"/user/repos\b",
    r"createForAuthenticatedUser",
    r"\bgh repo create\b",
    r"repos/[^\s'\"]{1,80}/actions/secrets",
    r"api\.github\.com/repos/[^\s'\"]{1,120}/(?:contents|git/refs|forks)",
)
PUBLISHES = _any(
    r"\b(?:npm|pnpm|yarn|bun|lerna)(?:['\"]?\s{0,4},\s{0,4}\[?\s{0,4}['\"]|\s{1,4})(?:npm\s{1,4})?publish\b",
    r"\btwine(?:['\"]\s{0,4},\s{0,4}['\"]|\s{1,4})upload\b",
    r"\b(?:uv|poetry|hatch|flit|maturin|cargo)(?:['\"]?\s{0,4},\s{0,4}\[?\s{0,4}['\"]|\s{1,4})publish\b",
    r"\bgem(?:['\"]\s{0,4},\s{0,4}['\"]|\s{1,4})push\b",
    r"\b(?:dotnet\s{1,4})?nuget(?:['\"]\s{0,4},\s{0,4}['\"]|\s{1,4})push\b",
    r"\bmvn[\w\s:.=-]{0,80}\bdeploy\b",
    r"\blibnpmpublish\b",
    r"\b_attachments\b[^\n]{0,200}\btgz\b",
    r"-/npm/v1/(?:tokens|user)",
    r"/api/v1/crates/new\b",
    r"/api/v1/gems\b",
)
SECRET_SCANNERS = _any(
    r"\btrufflehog\b", r"\bgitleaks\b", r"\bdetect-secrets\s+scan\b", r"\bnoseyparker\b", flags=re.IGNORECASE
)
MINERS = _any(
    r"stratum\+(?:tcp|ssl|tls)://",
    r"\bxmrig\b",
    r"\bcoinhive\b",
    r"--donate-level\b",
    r"\bminerd\b",
    r"\bcryptonight\b",
    r"\b(?:nanopool|supportxmr|minexmr|moneroocean|hashvault)\.\w{2,6}\b",
    flags=re.IGNORECASE,
)
STAYS = _any(
    r"/etc/cron(?:tab|\.d|\.hourly|\.daily)",
    r"\bcrontab\s+-(?:\s|$|['\"])",
    r"\(crontab -l",
    rf"\.config['\"]?(?:{_SEP}|,\s{{0,4}}['\"])systemd",
    rf"\.config['\"]?(?:{_SEP}|,\s{{0,4}}['\"])autostart",
    r"/etc/systemd/system",
    r"\bsystemctl\b[^\n]{0,40}\benable\b",
    r"\bLaunch(?:Agents|Daemons)\b",
    r"CurrentVersion[\\/]{1,4}Run(?:Once)?\b",
    r"Start Menu[\\/]{1,4}Programs[\\/]{1,4}Startup",
    r"\bschtasks\b[^\n]{0,60}/create",
    r"\bRegister-ScheduledTask\b",
    r"""\.(?:bashrc|zshrc|profile|bash_profile)['"\s)]""",
    r"/etc/(?:rc\.local|ld\.so\.preload|profile\.d)",
    r"\bauthorized_keys\b",
)
REVERSE_SHELL = _any(
    r"/dev/tcp/",
    r"\bbash\s+-i\b",
    r"\bn(?:c|cat)\b[^\n]{0,60}\s-e\s",
    r"\bmkfifo\b[^\n]{0,80}\bn(?:c|cat)\b",
    r"\bsocat\b[^\n]{0,80}\bexec:",
    r"\bdup2\b[^\n]{0,60}fileno",
    r"\.pipe\((?:sh|shell|proc|cmd|child)\.stdin",
    r"\bNew-Object\s+(?:System\.)?Net\.Sockets\.TCPClient",
    r"TCPSocket\.(?:new|open)[^\n]{0,120}exec",
    flags=re.IGNORECASE,
)
DESTROYS = _any(
    r"\brm\s+-[rf]{2}\w{0,3}\s+(?:--no-preserve-root\s+)?['\"]?(?:/(?:\s|['\"]|$|\*)|~|\$HOME|\$\{HOME\})",
    r"\bshred\b[^\n]{0,60}(?:~|\$HOME)",
    r"\bdel\s+/[fsq]\b[^\n]{0,40}%USERPROFILE%",
    r"\brd\s+/s\s+/q\s+(?:[A-Z]:\\|%USERPROFILE%)",
    r"Remove-Item\b[^\n]{0,60}(?:\$env:USERPROFILE|\$HOME)[^\n]{0,40}-Recurse",
    r"Remove-Item\b[^\n]{0,60}-Recurse[^\n]{0,60}(?:\$env:USERPROFILE|\$HOME)",
    r"(?:rmtree|rmSync|rimraf|rm_rf|remove_dir_all|rmdirSync|fs\.rm)\s{0,3}\(?\s{0,3}(?:os\.)?(?:homedir\(\)|path\.expanduser\(['\"]~['\"]\)|Path\.home\(\)|Dir\.home|home\b|['\"]/['\"])",
    r"\bformat\s+c:",
    r"\bmkfs\.\w{2,5}\s+/dev/",
    r"\bdd\s+if=/dev/(?:zero|urandom)\s+of=/dev/",
    flags=re.IGNORECASE,
)
CLIPBOARD = _any(
    r"\bpyperclip\b",
    r"\bGetClipboardData\b",
    r"\bSet-Clipboard\b",
    r"\bclipboardy\b",
    r"\bpbpaste\b",
    r"\bxclip\b",
    r"\bClipboard\.(?:GetText|SetText)\b",
    r"navigator\.clipboard\.(?:read|write)",
    r"\barboard\b",
    r"\bcopypasta\b",
    r"\bclipboard_get\b",
)
WATCHES = _any(
    r"\bpynput\b",
    r"\bkeyboard\.on_press\b",
    r"\bSetWindowsHookEx",
    r"\bGetAsyncKeyState\b",
    r"\bImageGrab\.grab\b",
    r"\bmss\.mss\b",
    r"\bscreenshot-desktop\b",
    r"\bscreencapture\b",
    r"\bCopyFromScreen\b",
    r"\biohook\b",
    r"\bVideoCapture\(0\)",
    r"\bdevice_query\b",
    r"\brdev::listen\b",
)
DEFENCES = _any(
    r"\bSet-MpPreference\b",
    r"\bAdd-MpPreference\b",
    r"\bAmsiUtils\b",
    r"\bamsiInitFailed\b",
    r"\bAmsiScanBuffer\b",
    r"\bIsDebuggerPresent\b",
    r"\bsetenforce\s+0\b",
    r"\bnetsh\s+advfirewall\b[^\n]{0,40}\boff\b",
    r"\bvssadmin\b[^\n]{0,30}\bdelete\b",
    r"\bNODE_TLS_REJECT_UNAUTHORIZED\b['\"\]]{0,3}\s{0,3}=\s{0,3}['\"]?0",
)
MEMORY = _any(
    r"/proc/(?:self|\d+|\{?\w{0,20}\}?|['\"]\s{0,3}\+[^\n]{1,40})/mem\b",
    r"\bReadProcessMemory\b",
    r"\bWriteProcessMemory\b",
    r"\bVirtualAllocEx\b",
    r"\bCreateRemoteThread\b",
    r"\bVirtualAlloc\b",
    r"\bmemfd_create\b",
    r"Runner\.Worker",
)
HOOKS_REQUESTS = _any(
    r"XMLHttpRequest\.prototype\.(?:open|send)\s{0,3}=",
    r"\b(?:window|globalThis|global|self)\.fetch\s{0,3}=(?!=)",
    r"\b(?:window|globalThis|global|self)\[['\"]fetch['\"]\]\s{0,3}=(?!=)",
    r"\bwindow\.ethereum\b[^\n]{0,80}\brequest\b\s{0,3}=",
    r"ethereum\.(?:request|send|sendAsync)\s{0,3}=(?!=)",
    r"\bhttps?\.request\s{0,3}=(?!=)",
)
WALLET_ADDRESSES = _any(
    r"0x\[a-fA-F0-9\]\{(?:40|64)\}",
    r"0x\[0-9a-fA-F\]\{(?:40|64)\}",
    r"\[13\]\[a-km-zA-HJ-NP-Z1-9\]\{",
    r"\(?:?bc1\|\[13\]\)?",
    r"bc1\[?[a-z0-9|()\[\]-]{2,40}\{\d{1,2},\d{1,2}\}",
    r"\[1-9A-HJ-NP-Za-km-z\]\{32,44\}",
    r"\bT\[A-Za-z1-9\]\{33\}",
    r"\^?4\[0-9AB\]\[1-9A-HJ-NP-Za-km-z\]\{93\}",
)

ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\s+(?:all\s+|any\s+)?(?:of\s+)?(?:the\s+|your\s+)?"
    r"(?:previous|prior|above|earlier|"
    r"preceding|system|safety)"
    r"\s+(?:instructions?|prompts?|rules|guidelines|messages)|\bdo\s+not\s+(?:tell|inform|mention|reveal|show|alert)\s+(?:this\s+to\s+)?(?:the\s+)?(?:user|human|developer)"
    r"|\b(?:AI|LLM|coding|automated)\s+(?:agents?|assistants?|models?)\b[^\n.]{0,60}"
    r"\b(?:must|should|shall|need to|are required to)\b"
    r"[^\n.]{0,60}\b(?:run|execute|install|send|upload|read|include|post|curl)\b"
    r"|\bwithout\s+(?:asking|telling|informing|notifying|confirmation\s+from)\s+(?:the\s+)?(?:user|human|developer)\b"
    r"|\b(?:as\s+an?\s+AI|if\s+you\s+are\s+an?\s+(?:AI|LLM|language\s+model|agent|assistant))\b[^\n]{0,120}\b(?:run|execute|install|send|upload|read|curl|base64)\b",
    re.IGNORECASE,
)
"""Sentences that tell a model to do, or not to say, something; only these are looked for in prose too."""

TABLE: tuple[tuple[re.Pattern[str], Ability], ...] = (
    (CREDENTIALS, Ability.READS_CREDENTIALS),
    (BROWSERS, Ability.READS_BROWSERS),
    (WALLETS, Ability.READS_WALLETS),
    (SECRET_NAMES, Ability.READS_SECRETS),
    (METADATA, Ability.READS_METADATA),
    (DROP_HOSTS, Ability.DROP_HOST),
    (SYSTEM_HOSTS, Ability.READS_SYSTEM),
    (AGENT_FLAGS, Ability.AGENT_CALL),
    (AGENT_FILES, Ability.AGENT_SETTINGS),
    (WORKFLOWS, Ability.WORKFLOWS),
    (REPOSITORIES, Ability.REPOSITORIES),
    (PUBLISHES, Ability.PUBLISHES),
    (SECRET_SCANNERS, Ability.SCANS_SECRETS),
    (MINERS, Ability.MINES),
    (STAYS, Ability.STAYS),
    (REVERSE_SHELL, Ability.REVERSE_SHELL),
    (DESTROYS, Ability.DESTROYS),
    (CLIPBOARD, Ability.CLIPBOARD),
    (WATCHES, Ability.WATCHES),
    (DEFENCES, Ability.DEFENCES),
    (MEMORY, Ability.MEMORY),
    (HOOKS_REQUESTS, Ability.HOOKS_REQUESTS),
    (WALLET_ADDRESSES, Ability.WALLET_ADDRESSES),
)

SECRETIVE = frozenset(
    (
        Ability.READS_CREDENTIALS,
        Ability.READS_BROWSERS,
        Ability.READS_WALLETS,
        Ability.READS_SECRETS,
        Ability.READS_METADATA,
        Ability.READS_ENVIRONMENT,
    )
)
"""Abilities whose result nobody but its owner should see."""


def abilities_in(text: str) -> Iterator[Ability]:
    """What the words of a statement are about."""
    for pattern, ability in TABLE:
        if pattern.search(text):
            yield ability
