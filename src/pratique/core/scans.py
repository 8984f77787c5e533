"""What a scan of one artefact came to, as far as policy and people who install are concerned."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from pratique.core.clock import Instant


class Verdict(StrEnum):
    """What is to be done with an artefact as far as the scan is concerned."""

    CLEAR = "clear"
    REVIEW = "review"
    QUARANTINE = "quarantine"


class ScanResult(msgspec.Struct, frozen=True):
    """What a scan came to, and the worst that it found.

    Attributes:
        sha256: of the artefact.
        verdict: of the scan.
        score: 0 to 100.
        rules: stands for all detectors and their versions at that time.
        at: when it was scanned.
        finished: false: the scanner failed at it, which says nothing good of it.
        detector: of the worst finding; empty, like the next, if nothing was found.
        file: that the worst finding is about; empty for the artefact as a whole.
        line: from 1 in that file; 0 where there are no lines.
        sentence: what it does.
    """

    sha256: str
    verdict: Verdict
    score: int
    rules: str
    at: Instant
    finished: bool = True
    detector: str = ""
    file: str = ""
    line: int = 0
    sentence: str = ""

    @property
    def told(self) -> str:
        """The worst finding in a few words: detector, file, line, what it does; for people who judge it."""
        return self._told(self.file)

    @property
    def told_to_clients(self) -> str:
        """The same for whoever is refused: of files that whoever published it named freely, nothing of the name.

        A sentence in a path would speak to people and agents in the voice of the server.
        """
        name = self.file.rpartition("/")[2]
        return self._told(name if name in _NAMED_BY_ECOSYSTEMS else "")

    def _told(self, file: str) -> str:
        if not self.detector:
            return "nothing was found in it"
        place = file + (f":{self.line}" if file and self.line else "")
        return f"{self.detector}{f' in {place}' if place else ''}: {self.sentence}"


_NAMED_BY_ECOSYSTEMS = frozenset(
    {
        "package.json",
        "binding.gyp",
        "setup.py",
        "setup.cfg",
        "pyproject.toml",
        "__init__.py",
        "conftest.py",
        "METADATA",
        "RECORD",
        "entry_points.txt",
        "Cargo.toml",
        "build.rs",
        "lib.rs",
        "index.js",
        "pom.xml",
        "MANIFEST.MF",
        "extconf.rb",
        "Rakefile",
        "install.ps1",
        "init.ps1",
    }
)
"""Names of files that clients and builds go by."""
