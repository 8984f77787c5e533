"""All look-alikes, and how many of them are seen for what they are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

from pratique.core.scans import Verdict
from pratique.formats.file_kind import kind_of
from pratique.scan.fingerprints import fingerprint
from pratique.scan.seen import ORIGINAL, SeenFile
from tests.lookalikes import compiled, general, javascript, python, spellings
from tests.lookalikes.cases import Case
from tests.lookalikes.examine import Examined, examine

CORPUS: tuple[Case, ...] = (*javascript.CASES, *python.CASES, *compiled.CASES, *general.CASES, *spellings.CASES)
"""Every look-alike, with its twin."""

Look = Callable[[Case, bool], Verdict]
"""The verdict on a case; its twin's if the second argument says so."""


def look_in_memory(case: Case, twin: bool) -> Verdict:
    """The verdict without any archive around the files."""
    return examined(case, twin=twin).scored.verdict


def examined(case: Case, *, twin: bool = False) -> Examined:
    """What comes of a case, or of its twin."""
    return examine(
        case.ecosystem,
        case.twin if twin else case.files,
        previous=case.previous,
        oddities=() if twin else case.oddities,
        families={_fingerprint(content): "padding family" for content in case.fingerprints},
        originals={
            hashlib.sha256(content).hexdigest()[:ORIGINAL]: "left-padder" for content in case.originals.values()
        },
    )


def _fingerprint(content: bytes) -> str:
    return fingerprint(SeenFile("family.js", kind_of("family.js", content), content, len(content), ""))


def recall(look: Look = look_in_memory, corpus: Iterable[Case] = CORPUS) -> dict[str, tuple[int, int, int]]:
    """By technique: how many look-alikes there are, how many were not cleared, how many were quarantined."""
    found: dict[str, tuple[int, int, int]] = {}
    for case in corpus:
        verdict = look(case, False)
        there, seen, held = found.get(case.technique, (0, 0, 0))
        found[case.technique] = (
            there + 1,
            seen + (verdict is not Verdict.CLEAR),
            held + (verdict is Verdict.QUARANTINE),
        )
    return found


def quarantined_twins(look: Look = look_in_memory, corpus: Iterable[Case] = CORPUS) -> list[str]:
    """The harmless twins that would be quarantined; there should be none."""
    return [case.id for case in corpus if look(case, True) is Verdict.QUARANTINE]
