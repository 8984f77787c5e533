"""Settings of cargo inside a crate: programs that stand in for the compiler, registries that stand in for crates.io."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pratique.scan.detectors.contract import Wants
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity, excerpt_of
from pratique.scan.seen import Artefact, SeenFile

ID = "cargo-settings"
VERSION = 1
WANTS = Wants(ecosystems=frozenset(("cargo",)))

_PROGRAMS = re.compile(
    r"^\s{0,20}(?:rustc|rustc-wrapper|rustc-workspace-wrapper|rustdoc|linker|runner|credential-provider)\s{0,5}=[^\n]{1,300}",
    re.MULTILINE,
)
_REPLACES = re.compile(r"^\s{0,20}(?:replace-with|registry)\s{0,5}=[^\n]{1,300}", re.MULTILINE)


def look(file: SeenFile, _artefact: Artefact) -> Iterator[Finding]:
    """A `.cargo/config.toml` that has other programs run, or other sources asked."""
    if not file.path.endswith((".cargo/config.toml", ".cargo/config")):
        return
    text = file.text[:200_000]
    for pattern, severity, says in (
        (_PROGRAMS, Severity.HIGH, "Has cargo run a program of its own in place of a tool"),
        (_REPLACES, Severity.MEDIUM, "Has cargo ask another source for crates"),
    ):
        found = pattern.search(text)
        if found is not None:
            line = text.count("\n", 0, found.end()) + 1
            yield Finding(
                ID,
                VERSION,
                severity,
                Specificity.UNUSUAL,
                ExecutionPoint.BUILD,
                file.path,
                line,
                excerpt_of(found[0]),
                says,
            )
            return
