"""Text for AI agents that people are not meant to see: in descriptions, comments and settings for agents."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pratique.formats.file_kind import FileKind
from pratique.scan.detectors.contract import Wants
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity, excerpt_of
from pratique.scan.reading import words
from pratique.scan.reading.invisible import may_hide
from pratique.scan.reading.marks import ORDERS, groups_in
from pratique.scan.seen import Artefact, SeenFile

ID = "hidden-instructions"
VERSION = 1
WANTS = Wants(
    kinds=frozenset(
        (FileKind.MARKUP, FileKind.TEXT, FileKind.JSON, FileKind.YAML, FileKind.PYTHON, FileKind.JAVASCRIPT)
    ),
    points=frozenset(ExecutionPoint),
)

_TAKES = re.compile(
    r"\bcurl\b|\bwget\b|\bbase64\b|\.env\b|id_rsa|\.ssh\b|\.npmrc|\bapi[_ -]?keys?\b|"
    r"\btokens?\b|\bcredentials?\b|\bsecrets?\b|https?://|\bexecute\b|\brun\b|\binstall\b|\benvironment variables\b",
    re.IGNORECASE,
)
_INVISIBLE = re.compile("[\U000e0020-\U000e007f]{6,}|[\u200b-\u200d\u2060]{16,}")
_UNSEEN_BLOCK = re.compile(
    r"<!--(?:[^-]|-(?!->)){1,4000}-->|<[a-z]{1,10}\s[^>]{0,200}(?:display:\s?none|font-size:\s?0|color:\s?(?:#fff|white|transparent))[^>]{0,200}>[^<]{1,4000}",
    re.IGNORECASE,
)
_LARGEST = 512 << 10
"""Bytes of a file that somebody would read."""

_PROMPT_FOLDERS = ("prompt", "jailbreak", "guardrail", "llm", "injection", "eval")


def look(file: SeenFile, artefact: Artefact) -> Iterator[Finding]:
    """Orders to agents that also name something to run or to take; worse where people cannot see them."""
    if file.layers or len(file.content) > _LARGEST:
        return
    text = file.text
    invisible = _INVISIBLE.search(text) if not file.kind.is_code and may_hide(file.content) else None
    if invisible is not None:
        yield _finding(
            file, text, invisible.start(), "", Severity.HIGH, "Holds text that people cannot see and models can"
        )
    if ORDERS not in groups_in(file):
        return
    found = next(
        (
            one
            for one in words.ORDERS.finditer(text)
            if _TAKES.search(text[max(one.start() - 300, 0) : one.end() + 400])
        ),
        None,
    )
    if found is None:
        return
    unseen = any(block.start() <= found.start() < block.end() for block in _UNSEEN_BLOCK.finditer(text))
    if file.kind.is_code and not unseen and not _is_comment(text, found.start()):
        return
    about_prompts = any(word in file.path.lower() or word in artefact.name.lower() for word in _PROMPT_FOLDERS)
    severity = Severity.HIGH if unseen or not about_prompts else Severity.MEDIUM
    around = text[max(found.start() - 40, 0) : found.end() + 100]
    yield _finding(file, text, found.start(), around, severity, "Gives orders to AI agents that read it")


def _is_comment(text: str, place: int) -> bool:
    line = text[text.rfind("\n", 0, place) + 1 : place]
    return re.search(r"#|//|\*", line) is not None


def _finding(file: SeenFile, text: str, place: int, around: str, severity: Severity, says: str) -> Finding:
    return Finding(
        detector=ID,
        version=VERSION,
        severity=severity,
        specificity=Specificity.UNUSUAL,
        point=ExecutionPoint.RUN,
        file=file.path,
        line=text.count("\n", 0, place) + 1,
        excerpt=excerpt_of(around or text[place : place + 30]),
        sentence=says,
    )
