"""Python that is shipped without its source: nobody can read what it does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pratique.formats.file_kind import FileKind
from pratique.scan.detectors.contract import Wants
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity, excerpt_of
from pratique.scan.seen import Artefact

ID = "compiled-only"
VERSION = 1
WANTS = Wants(ecosystems=frozenset(("pypi",)))

_CACHED = re.compile(r"(.*?)(?:__pycache__/)?([^/]+?)(?:\.(?:cpython|pypy)-?\d+)?(?:\.opt-\d)?\.pyc?\Z")
_MOST = 20


def judge(artefact: Artefact) -> Iterator[Finding]:
    """Compiled modules that have no `.py` beside them."""
    paths = {one.path for one in artefact.outline.files}
    count = 0
    for one in artefact.outline.files:
        if one.kind is not FileKind.PYC:
            continue
        match = _CACHED.fullmatch(one.path)
        if match is not None and f"{match[1]}{match[2]}.py" in paths:
            continue
        count += 1
        if count > _MOST:
            return
        point = ExecutionPoint.START if one.point is ExecutionPoint.RUN else one.point
        yield Finding(
            detector=ID,
            version=VERSION,
            severity=Severity.HIGH,
            specificity=Specificity.UNUSUAL,
            point=point,
            file=one.path,
            line=0,
            excerpt=excerpt_of(one.path),
            sentence="Is compiled Python without its source, which nobody can read",
        )
