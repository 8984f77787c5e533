"""The Python package ecosystem: the Simple API, wheels and source archives, the legacy upload API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pratique.core.artifacts import FileView, Manifest, OwnFile, ProjectView, PublishDraft
from pratique.core.ecosystem import ArchiveLimits, Ecosystem, Listing, Refusal, Rendered, Route, UpstreamRequest
from pratique.core.ecosystem_verbs import ProjectDescription
from pratique.core.names import EcosystemId, ProjectKey
from pratique.core.ports import ReadAt
from pratique.ecosystems.pypi import (
    admission,
    archive,
    claims,
    filenames,
    index,
    names,
    negotiation,
    routes,
    truth,
    versions,
)
from pratique.ecosystems.pypi.listing import kept_back, write_listing
from pratique.ecosystems.pypi.project_json import write_project
from pratique.ecosystems.pypi.project_list import write_projects
from pratique.ecosystems.pypi.publish import UploadReader
from pratique.ecosystems.pypi.refusal import client_setup, write_published, write_refusal, write_warning

__all__ = ["PYPI", "Pypi"]


class Pypi:
    """`core.ecosystem.Ecosystem` for Python packages; each method is the function of that name in a room."""

    @property
    def id(self) -> EcosystemId:
        """`pypi`."""
        return index.PYPI_ID

    @property
    def osv_name(self) -> str:
        """`PyPI`."""
        return "PyPI"

    @property
    def routes(self) -> tuple[Route, ...]:
        """See `routes.ROUTES`."""
        return routes.ROUTES

    def canonical(self, name: str) -> str:
        """See `names.canonical`."""
        return names.canonical(name)

    @property
    def one_spelling(self) -> bool:
        """No: every spelling means the same project."""
        return False

    def twin_key(self, name: str) -> str:
        """The name itself: names that differ may exist beside each other."""
        return name

    def twins(self, _name: str) -> tuple[str, ...]:
        """None."""
        return ()

    def check_new_name(self, name: str) -> None:
        """See `names.check_new_name`."""
        names.check_new_name(name)

    def version_key(self, version: str) -> Any:
        """See `versions.version_key`."""
        return versions.version_key(version)

    def release_key(self, version: str) -> Any:
        """Every spelling of a version has one key already; a local version is another one."""
        return versions.version_key(version)

    def canonical_version(self, version: str) -> str:
        """See `versions.spoken_version`."""
        return versions.spoken_version(version)

    def is_prerelease(self, version: str) -> bool:
        """See `versions.is_prerelease`."""
        return versions.is_prerelease(version)

    def upstream_listing(self, name: str) -> UpstreamRequest:
        """See `index.upstream_listing`."""
        return index.upstream_listing(name)

    def read_listing(self, name: str, content: bytes, content_type: str, url: str) -> ProjectView:
        """See `index.read_listing`."""
        return index.read_listing(name, content, content_type, url)

    def negotiate(self, accept: str | None) -> str:
        """See `negotiation.negotiate`."""
        return negotiation.negotiate(accept)

    def form_named(self, query: Mapping[str, str]) -> str | None:
        """See `negotiation.form_named`."""
        return negotiation.form_named(query)

    def listing_path(self, name: str) -> str:
        """See `routes.listing_path`."""
        return routes.listing_path(name)

    @property
    def projects_path(self) -> str:
        """`/simple/`."""
        return routes.PROJECTS_PATH

    def write_projects(self, names: Sequence[str], base_url: str, form: str) -> Rendered:
        """See `project_list.write_projects`."""
        return write_projects(names, base_url, form)

    def write_listing(self, listing: Listing, form: str) -> Rendered:
        """See `listing.write_listing`."""
        return write_listing(listing, form)

    def kept_back(self, view: ProjectView, filename: str) -> str | None:
        """See `listing.kept_back`."""
        return kept_back(view, filename)

    @property
    def without_attestations(self) -> str:
        """What to leave out or add for twine and uv."""
        return "twine: without --attestations; uv: --no-attestations"

    def publish_reader(self, headers: Mapping[str, str], sink: Callable[[bytes], object]) -> UploadReader:
        """See `publish.UploadReader`."""
        return UploadReader(headers, sink)

    def read_manifest(self, filename: str, artefact: ReadAt, limits: ArchiveLimits) -> Manifest:
        """See `archive.read_manifest`."""
        return archive.read_manifest(filename, artefact, limits)

    def check_release(self, manifest: Manifest) -> None:
        """See `admission.check_release`."""
        admission.check_release(manifest)

    def compare_listed(self, project: str, file: FileView, artefact: ReadAt, limits: ArchiveLimits) -> tuple[str, ...]:
        """See `truth.compare_listed`."""
        return truth.compare_listed(project, file, artefact, limits)

    def rival(self, filename: str, others: Iterable[str]) -> str | None:
        """See `filenames.rival`."""
        return filenames.rival(filename, others)

    def indexed(self, manifest: Manifest) -> Manifest:
        """See `index.indexed`."""
        return index.indexed(manifest)

    def own_file(self, file: OwnFile) -> FileView:
        """See `index.own_file`."""
        return index.own_file(file)

    def own_project(self, key: ProjectKey, files: tuple[FileView, ...], tags: dict[str, str]) -> ProjectView:
        """See `index.own_project`."""
        return index.own_project(key, files, tags)

    def compare_claims(self, draft: PublishDraft, manifest: Manifest) -> tuple[str, ...]:
        """See `claims.compare_claims`."""
        return claims.compare_claims(draft, manifest)

    def write_refusal(self, refusal: Refusal) -> Rendered:
        """See `refusal.write_refusal`."""
        return write_refusal(refusal)

    def write_warning(self, line: str) -> dict[str, str]:
        """See `refusal.write_warning`."""
        return write_warning(line)

    def write_published(self, draft: PublishDraft, note: str) -> Rendered:
        """See `refusal.write_published`."""
        return write_published(draft, note)

    def write_project(self, project: ProjectDescription) -> Rendered:
        """See `project_json.write_project`."""
        return write_project(project)

    def client_setup(self, base_url: str) -> tuple[tuple[str, str], ...]:
        """See `refusal.client_setup`."""
        return client_setup(base_url)


PYPI: Ecosystem = Pypi()
