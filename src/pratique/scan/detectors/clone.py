"""A copy of another project's package under a name of its own, with something changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pratique.scan.detectors.contract import Wants
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity, excerpt_of
from pratique.scan.seen import ORIGINAL, Artefact

ID = "clone"
VERSION = 1
WANTS = Wants()

_SMALLEST = 200
"""Bytes below which a file is too common to be anybody's."""

_FEWEST = 3
_SHARE = 0.6


def judge(artefact: Artefact) -> Iterator[Finding]:
    """Most code files are those of one other project, and some are not."""
    if not artefact.originals:
        return
    code = [one for one in artefact.outline.files if one.kind.is_code and one.size >= _SMALLEST and "!" not in one.path]
    owned = {one.path: artefact.originals.get(one.sha256[:ORIGINAL], "") for one in code}
    owners = Counter(name for name in owned.values() if name)
    if not owners:
        return
    name, count = owners.most_common(1)[0]
    changed = [one for one in code if not owned[one.path]]
    is_itself = name == artefact.name.lower().replace("_", "-")
    if is_itself or count < _FEWEST or count < _SHARE * len(code) or not changed:
        return
    says = f"Is a copy of {excerpt_of(name)[:80]} under another name with {len(changed)} changed or added files"
    paths = " ".join(one.path for one in changed[:5])
    yield Finding(
        ID,
        VERSION,
        Severity.HIGH,
        Specificity.UNUSUAL,
        ExecutionPoint.START,
        changed[0].path,
        0,
        excerpt_of(paths),
        says,
    )
