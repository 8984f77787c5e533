"""The inert look-alikes of the tests as artefacts, scanned as any other."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterator, Mapping

from bench.scanning.caged import scan_all
from tests.lookalikes.cases import Case
from tests.lookalikes.corpus import CORPUS, look_in_memory, recall

from pratique.core.scans import Verdict
from pratique.scan.report import Subject

_ZIPPED = frozenset(("maven", "nuget"))
_FOLDERS = {"npm": "package", "pypi": "lookalike-1.0", "cargo": "lookalike-1.0.0"}


class Seen:
    """All look-alikes and their twins, scanned.

    Attributes:
        harmful: scans of look-alikes.
        twins: scans of twins.
        by_technique: of each technique how many there are, how many were not cleared, how many were quarantined.
    """

    def __init__(self, notes: list[str]) -> None:
        """Scan them all: in the cage, but for those whose archive or known-bad list has to be made up."""
        caged = [case for case in CORPUS if not (case.oddities or case.fingerprints or case.originals)]
        self.harmful = list(scan_all(_artefacts(caged, twin=False), notes))
        self.twins = list(scan_all(_artefacts(caged, twin=True), notes))
        verdicts = {(one.name, False): one.report.verdict for one in self.harmful}
        verdicts |= {(one.name, True): one.report.verdict for one in self.twins}

        def look(case: Case, twin: bool) -> Verdict:  # noqa: FBT001 - as the corpus calls it
            found = verdicts.get((case.id, twin))
            return look_in_memory(case, twin) if found is None else found

        self.by_technique = recall(look)
        self.alarms = [look(case, True) for case in CORPUS]  # noqa: FBT003


def _artefacts(cases: list[Case], *, twin: bool) -> Iterator[tuple[str, Subject, bytes, bytes | None]]:
    for case in cases:
        subject = Subject(case.ecosystem)
        files = case.twin if twin else case.files
        before = None if case.previous is None else packed(case.ecosystem, case.previous)
        yield case.id, subject, packed(case.ecosystem, files), before


def packed(ecosystem: str, files: Mapping[str, bytes]) -> bytes:
    """Files as an artefact of an ecosystem."""
    is_wheel = any(".dist-info/" in path for path in files)
    if ecosystem in _ZIPPED or is_wheel:
        return _zipped(files)
    if ecosystem == "rubygems":
        return _gem(files)
    return _tar({f"{_FOLDERS[ecosystem]}/{path}": content for path, content in files.items()}, "w:gz")


def _zipped(files: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return target.getvalue()


def _gem(files: Mapping[str, bytes]) -> bytes:
    inside = {path: content for path, content in files.items() if path != "metadata"}
    return _tar({"metadata.gz": gzip.compress(files.get("metadata", b"")), "data.tar.gz": _tar(inside, "w:gz")}, "w:")


def _tar(files: Mapping[str, bytes], mode: str) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as archive:  # type: ignore[call-overload]
        for path, content in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()
