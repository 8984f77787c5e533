"""npm: the registry protocol that npm, yarn, pnpm and bun share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pratique.core.artifacts import FileView, Manifest, OwnFile, ProjectView, PublishDraft
from pratique.core.ecosystem import (
    ArchiveLimits,
    Ecosystem,
    Listing,
    PublishReader,
    Refusal,
    Rendered,
    Route,
    UpstreamRequest,
)
from pratique.core.names import EcosystemId, ProjectKey
from pratique.core.ports import ReadAt
from pratique.ecosystems.npm import archive, claims, clients, index, names, own, restrictions, routes, truth, versions
from pratique.ecosystems.npm.listing import negotiate, write_listing
from pratique.ecosystems.npm.publish import NpmPublishReader
from pratique.ecosystems.npm.refusal import write_published, write_refusal, write_warning

__all__ = ["NPM", "Npm"]


class Npm:
    """The npm ecosystem; every method is described where it is implemented."""

    @property
    def id(self) -> EcosystemId:
        """`npm`."""
        return index.NPM_ID

    @property
    def osv_name(self) -> str:
        """`npm`, as OSV records write it."""
        return "npm"

    @property
    def routes(self) -> tuple[Route, ...]:
        """Ping, whoami, tarballs, packuments, publish."""
        return routes.ROUTES

    def canonical(self, name: str) -> str:
        """See `names.canonical`."""
        return names.canonical(name)

    @property
    def one_spelling(self) -> bool:
        """No: names that differ are different packages."""
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

    def canonical_version(self, version: str) -> str:
        """See `versions.canonical_version`."""
        return versions.canonical_version(version)

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
        """See `listing.negotiate`."""
        return negotiate(accept)

    def write_listing(self, listing: Listing, form: str) -> Rendered:
        """See `listing.write_listing`."""
        return write_listing(listing, form)

    def kept_back(self, view: ProjectView, filename: str) -> str | None:
        """See `restrictions.kept_back`."""
        return restrictions.kept_back(view, filename)

    @property
    def without_attestations(self) -> str:
        """The flag of `npm publish`."""
        return "npm publish --provenance=false"

    def publish_reader(self, headers: Mapping[str, str], sink: Callable[[bytes], object]) -> PublishReader:
        """See `publish.NpmPublishReader`."""
        return NpmPublishReader(headers, sink)

    def read_manifest(self, filename: str, artefact: ReadAt, limits: ArchiveLimits) -> Manifest:
        """See `archive.read_manifest`."""
        return archive.read_manifest(filename, artefact, limits)

    def compare_listed(self, project: str, file: FileView, artefact: ReadAt, limits: ArchiveLimits) -> tuple[str, ...]:
        """See `truth.compare_listed`."""
        return truth.compare_listed(project, file, artefact, limits)

    def indexed(self, manifest: Manifest) -> Manifest:
        """See `own.indexed`."""
        return own.indexed(manifest)

    def own_file(self, file: OwnFile) -> FileView:
        """See `own.own_file`."""
        return own.own_file(file)

    def own_project(self, key: ProjectKey, files: tuple[FileView, ...], tags: dict[str, str]) -> ProjectView:
        """See `own.own_project`."""
        return own.own_project(key, files, tags)

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
        return write_published(note)

    def client_setup(self, base_url: str) -> tuple[tuple[str, str], ...]:
        """See `clients.client_setup`."""
        return clients.client_setup(base_url)


NPM: Ecosystem = Npm()
