"""What a detector has to say: one finding, with its evidence and a sentence a developer understands."""

from __future__ import annotations

from enum import StrEnum

import msgspec

MAX_EXCERPT = 200
"""Characters of evidence that a finding carries."""


class Severity(StrEnum):
    """How bad it is if it is what it looks like."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Specificity(StrEnum):
    """How seldom harmless code looks like that.

    `common`: much harmless code does; `unusual`: some does; `telling`: hardly any.
    """

    COMMON = "common"
    UNUSUAL = "unusual"
    TELLING = "telling"


class ExecutionPoint(StrEnum):
    """When code of a package runs, the earliest first; `none` is for what nothing runs by itself.

    `install`: as it is installed, asked for or not. `build`: as it is built or compiled against. `start`: as soon as
    the interpreter starts or anybody imports it. `run`: when somebody calls it.
    """

    INSTALL = "install"
    BUILD = "build"
    START = "start"
    RUN = "run"
    NONE = "none"

    @property
    def is_unasked(self) -> bool:
        """Whether it runs before anybody has called anything of the package."""
        return self in (ExecutionPoint.INSTALL, ExecutionPoint.BUILD, ExecutionPoint.START)


class Finding(msgspec.Struct, frozen=True):
    """One thing that a detector saw.

    Attributes:
        detector: its id.
        version: the detector's version, raised when it sees anything else than before.
        severity: how bad.
        specificity: how seldom harmless code looks like that.
        point: when the code in question runs.
        file: path inside the artefact; empty for the artefact as a whole.
        line: from 1 in that file; 0 where there are no lines.
        excerpt: the evidence, printable, at most `MAX_EXCERPT` characters.
        sentence: what it does, as a developer says it.
        layers: how the evidence was peeled out of the file, outermost first (`base64`, `zlib`); empty for none.
    """

    detector: str
    version: int
    severity: Severity
    specificity: Specificity
    point: ExecutionPoint
    file: str
    line: int
    excerpt: str
    sentence: str
    layers: tuple[str, ...] = ()


def excerpt_of(text: str) -> str:
    """Evidence as terminals and pages may show it: one line, printable ASCII, cut at the end.

    What is no printable ASCII is shown by its code point, so that invisible characters are seen.
    """
    spaced = " ".join(text[: 4 * MAX_EXCERPT].split())
    shown = "".join(char if " " <= char <= "~" else f"\\u{{{ord(char):x}}}" for char in spaced[: 2 * MAX_EXCERPT])
    return shown if len(shown) <= MAX_EXCERPT else shown[: MAX_EXCERPT - 3] + "..."
