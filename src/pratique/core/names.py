"""How things are called: ecosystems, projects, releases, files and their purls."""

from __future__ import annotations

from typing import NewType
from urllib.parse import quote

import msgspec

EcosystemId = NewType("EcosystemId", str)
"""`npm`, `pypi`, `cargo`, ... A string, so that a new ecosystem is one folder and no change here."""


class ProjectKey(msgspec.Struct, frozen=True, order=True):
    """One project of one ecosystem, under its canonical name."""

    ecosystem: EcosystemId
    name: str

    def purl(self, version: str | None = None) -> str:
        """The package URL: `pkg:npm/%40acme/x@1.0.0`. The ecosystem id is the purl type.

        Source: the purl specification; a namespace is what stands before the last `/`, and
        Maven's group before the `:`.
        """
        name = self.name.replace(":", "/")
        path = "/".join(quote(part, safe="") for part in name.split("/"))
        suffix = "" if version is None else "@" + quote(version, safe=".+-_~:")
        return f"pkg:{self.ecosystem}/{path}{suffix}"


class Subject(msgspec.Struct, frozen=True):
    """What a decision is about; grows finer from stage to stage.

    Attributes:
        project: always known.
        version: None at the name stage.
        filename: None until a file is judged.
    """

    project: ProjectKey
    version: str | None = None
    filename: str | None = None

    @property
    def purl(self) -> str:
        """The subject as a package URL, without the file."""
        return self.project.purl(self.version)

    def __str__(self) -> str:
        """`left@1.0.1`, the form every sentence uses."""
        return self.project.name if self.version is None else f"{self.project.name}@{self.version}"
