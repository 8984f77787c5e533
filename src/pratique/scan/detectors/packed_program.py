"""Programs that were packed so that nobody can look into them, that call themselves documents, or that enter others."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pratique.formats.file_kind import FileKind
from pratique.scan.detectors.contract import RUNS, Wants
from pratique.scan.detectors.evidence import WHEN, told
from pratique.scan.findings import Finding, Severity, Specificity
from pratique.scan.seen import Artefact, SeenFile

ID = "packed-program"
VERSION = 1
WANTS = Wants(kinds=frozenset((FileKind.PE, FileKind.ELF, FileKind.MACHO)), points=RUNS)

_PACKERS = {
    b"UPX!": "UPX",
    b".vmp0\0": "VMProtect",
    b".themida": "Themida",
    b".aspack\0": "ASPack",
    b".enigma1": "Enigma",
    b".MPRESS1": "MPRESS",
    b".petite\0": "Petite",
    b"PEC2": "PECompact",
}
_ENTERS = (b"VirtualAllocEx", b"WriteProcessMemory", b"CreateRemoteThread")
_DOUBLE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|jpe?g|png|gif|txt|rtf|csv|mp[34]|zip)[ _.]*\.(?:exe|scr|com|pif|cpl|dll)",
    re.IGNORECASE,
)


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """A packer's marks in a program, two suffixes of which the first lies, the calls that enter another process."""
    found: list[tuple[Severity, Specificity, str, str]] = []
    packer = next((name for mark, name in _PACKERS.items() if mark in file.content), None)
    if packer is not None:
        severity = Severity.HIGH if file.point.is_unasked else Severity.MEDIUM
        found.append((severity, Specificity.UNUSUAL, "Is a program packed so that nobody sees its code", packer))
    if _DOUBLE.search(file.name) is not None:
        found.append((Severity.HIGH, Specificity.TELLING, "Is a program with the name of a document", file.name))
    if all(call in file.content for call in _ENTERS):
        found.append((Severity.HIGH, Specificity.UNUSUAL, "Writes code into other processes", "CreateRemoteThread"))
    for severity, specificity, says, text in found:
        sentence = f"{says}, {WHEN[file.point]}"
        yield told((ID, VERSION), (severity, specificity), file.point, sentence, text, file=file.path)
