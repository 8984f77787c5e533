"""What a file is, by its bytes first and by its name only where the bytes leave it open."""

from __future__ import annotations

from enum import StrEnum


class FileKind(StrEnum):
    """What can be told of a file's content."""

    PYTHON = "python"
    JAVASCRIPT = "javascript"
    RUBY = "ruby"
    RUST = "rust"
    POWERSHELL = "powershell"
    SHELL = "shell"
    BATCH = "batch"
    CSHARP = "csharp"
    JAVA = "java"
    JSON = "json"
    XML = "xml"
    YAML = "yaml"
    TOML = "toml"
    MARKUP = "markup"
    TEXT = "text"
    PTH = "pth"
    ELF = "elf"
    PE = "pe"
    MACHO = "macho"
    CLASS = "class"
    PYC = "pyc"
    WASM = "wasm"
    ZIP = "zip"
    TAR = "tar"
    GZIP = "gzip"
    PACKED = "packed"
    PICTURE = "picture"
    DATA = "data"

    @property
    def is_code(self) -> bool:
        """Whether it is source text that something can run."""
        return self in CODE

    @property
    def is_native(self) -> bool:
        """Whether it is compiled code."""
        return self in NATIVE

    @property
    def is_text(self) -> bool:
        """Whether it can be read as text."""
        return self in CODE or self in PROSE


CODE = frozenset(
    (
        FileKind.PYTHON,
        FileKind.JAVASCRIPT,
        FileKind.RUBY,
        FileKind.RUST,
        FileKind.POWERSHELL,
        FileKind.SHELL,
        FileKind.BATCH,
        FileKind.CSHARP,
        FileKind.JAVA,
        FileKind.PTH,
    )
)
PROSE = frozenset((FileKind.JSON, FileKind.XML, FileKind.YAML, FileKind.TOML, FileKind.MARKUP, FileKind.TEXT))
NATIVE = frozenset((FileKind.ELF, FileKind.PE, FileKind.MACHO, FileKind.CLASS, FileKind.PYC, FileKind.WASM))

_MACHO = (b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe")
_MAGIC = (
    (b"\x7fELF", FileKind.ELF),
    *((magic, FileKind.MACHO) for magic in _MACHO),
    (b"\0asm", FileKind.WASM),
    (b"PK\x03\x04", FileKind.ZIP),
    (b"PK\x05\x06", FileKind.ZIP),
    (b"\x1f\x8b", FileKind.GZIP),
    (b"BZh", FileKind.PACKED),
    (b"\xfd7zXZ\0", FileKind.PACKED),
    (b"\x28\xb5\x2f\xfd", FileKind.PACKED),
    (b"7z\xbc\xaf\x27\x1c", FileKind.PACKED),
    (b"Rar!\x1a\x07", FileKind.PACKED),
    (b"\x89PNG\r\n\x1a\n", FileKind.PICTURE),
    (b"\xff\xd8\xff", FileKind.PICTURE),
    (b"GIF8", FileKind.PICTURE),
    (b"\0\0\1\0", FileKind.PICTURE),
)
_FIRST_JAVA = 45
"""Major version of the oldest class files; a fat Mach-O begins with the same bytes and a count of a few parts there."""

_SUFFIXES = {
    **dict.fromkeys(("py", "pyw", "pyi", "pyx"), FileKind.PYTHON),
    **dict.fromkeys(("js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte"), FileKind.JAVASCRIPT),
    **dict.fromkeys(("rb", "gemspec", "rake", "ru"), FileKind.RUBY),
    **dict.fromkeys(("ps1", "psm1", "psd1"), FileKind.POWERSHELL),
    **dict.fromkeys(("sh", "bash", "zsh", "ksh", "command"), FileKind.SHELL),
    **dict.fromkeys(("bat", "cmd"), FileKind.BATCH),
    **dict.fromkeys(("json", "jsonc", "ipynb", "map"), FileKind.JSON),
    **dict.fromkeys(("xml", "pom", "nuspec", "props", "targets", "csproj", "tasks", "svg"), FileKind.XML),
    **dict.fromkeys(("yml", "yaml"), FileKind.YAML),
    **dict.fromkeys(("md", "rst", "html", "htm", "markdown", "mdc"), FileKind.MARKUP),
    **dict.fromkeys(("java", "kt", "groovy", "scala", "gradle"), FileKind.JAVA),
    "rs": FileKind.RUST,
    "cs": FileKind.CSHARP,
    "toml": FileKind.TOML,
    "pth": FileKind.PTH,
}
_NAMES = {"rakefile": FileKind.RUBY, "gemfile": FileKind.RUBY, "binding.gyp": FileKind.JSON}
_INTERPRETERS = (
    (b"python", FileKind.PYTHON),
    (b"node", FileKind.JAVASCRIPT),
    (b"bun", FileKind.JAVASCRIPT),
    (b"deno", FileKind.JAVASCRIPT),
    (b"ruby", FileKind.RUBY),
    (b"pwsh", FileKind.POWERSHELL),
    (b"sh", FileKind.SHELL),
)


def kind_of(path: str, head: bytes) -> FileKind:
    """What a file is.

    Args:
        path: inside the artefact.
        head: its first bytes, 4 KiB or all of it.
    """
    magic = _by_magic(head)
    if magic is not None:
        return magic
    if not _is_text(head):
        return FileKind.DATA
    name = path.rpartition("/")[2].lower()
    by_name = _NAMES.get(name) or _SUFFIXES.get(name.rpartition(".")[2] if "." in name else "")
    return by_name or _by_first_line(head) or FileKind.TEXT


def _by_magic(head: bytes) -> FileKind | None:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(b"\xca\xfe\xba\xbe"):
        return FileKind.CLASS if int.from_bytes(head[6:8], "big") >= _FIRST_JAVA else FileKind.MACHO
    if head.startswith(b"MZ") and (b"PE\0\0" in head or b"DOS mode" in head or b"\0\0" in head[:64]):
        return FileKind.PE
    if head[257:262] == b"ustar":
        return FileKind.TAR
    if head[2:4] == b"\r\n" and len(head) >= 16 and head[1] in (0x0B, 0x0C, 0x0D, 0x0E):
        return FileKind.PYC
    return None


def _is_text(head: bytes) -> bool:
    return b"\0" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff"))


def _by_first_line(head: bytes) -> FileKind | None:
    first = head[:200].partition(b"\n")[0]
    if first.startswith(b"#!"):
        for word, kind in _INTERPRETERS:
            if word in first:
                return kind
    if first.lstrip().startswith((b"<?xml", b"<Project")):
        return FileKind.XML
    return None
