"""Compiled programs: those that call themselves something else, and those that run unasked."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.formats.file_kind import NATIVE, FileKind
from pratique.scan.detectors.contract import Wants
from pratique.scan.detectors.evidence import WHEN
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity, excerpt_of
from pratique.scan.seen import Artefact, SeenFile

ID = "native-program"
VERSION = 1
WANTS = Wants(kinds=NATIVE)

_OWN_SUFFIXES = {
    FileKind.PE: (
        "exe",
        "dll",
        "pyd",
        "node",
        "sys",
        "ocx",
        "mui",
        "winmd",
        "cpl",
        "scr",
        "com",
        "efi",
        "bin",
        "lib",
        "mun",
    ),
    FileKind.ELF: (
        "so",
        "node",
        "o",
        "elf",
        "bin",
        "ko",
        "a",
        "axf",
        "out",
        "debug",
        "dwo",
        "abi3",
        "exe",
        "linux",
        "hex",
    ),
    FileKind.MACHO: ("dylib", "so", "node", "bundle", "o", "bin", "a", "out", "jnilib", "osx", "dwarf"),
    FileKind.CLASS: ("class", "clazz", "sjsm"),
    FileKind.PYC: ("pyc", "pyo"),
    FileKind.WASM: ("wasm", "wat", "bin"),
}
_SAYS_OTHERWISE = frozenset(
    (
        "png",
        "jpg",
        "jpeg",
        "gif",
        "ico",
        "bmp",
        "svg",
        "txt",
        "md",
        "json",
        "xml",
        "yml",
        "yaml",
        "css",
        "html",
        "csv",
        "pdf",
        "js",
        "py",
        "rb",
        "ts",
        "log",
        "dat",
        "tmp",
        "ttf",
        "woff",
        "woff2",
        "mp3",
        "mp4",
        "wav",
        "lock",
        "toml",
        "ini",
        "cfg",
    )
)
_MACHINE_CODE = frozenset((FileKind.PE, FileKind.ELF, FileKind.MACHO))


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """A program under the name of a picture or a text; a program in an encoded layer; one that install runs."""
    suffix = file.name.rpartition(".")[2].lower() if "." in file.name else ""
    machine = file.kind in _MACHINE_CODE
    if file.layers:
        if machine or file.kind is FileKind.PYC:
            yield _finding(file, Severity.HIGH, Specificity.TELLING, "Carries a program encoded in a text")
    elif machine and suffix in _SAYS_OTHERWISE and ".so." not in file.name:
        yield _finding(file, Severity.HIGH, Specificity.TELLING, f"Is a program that calls itself {suffix}")
    elif machine and file.point in (ExecutionPoint.INSTALL, ExecutionPoint.BUILD):
        yield _finding(file, Severity.MEDIUM, Specificity.UNUSUAL, "Is a program that runs unasked")
    elif machine and suffix not in _OWN_SUFFIXES[file.kind]:
        yield _finding(file, Severity.LOW, Specificity.COMMON, "Is a program")


def _finding(file: SeenFile, severity: Severity, specificity: Specificity, says: str) -> Finding:
    return Finding(
        detector=ID,
        version=VERSION,
        severity=severity,
        specificity=specificity,
        point=ExecutionPoint.RUN if file.point is ExecutionPoint.NONE else file.point,
        file=file.path,
        line=file.line,
        excerpt=excerpt_of(f"{file.kind.value}, {file.size} bytes"),
        sentence=f"{says}, {WHEN[file.point]}",
        layers=file.layers,
    )
