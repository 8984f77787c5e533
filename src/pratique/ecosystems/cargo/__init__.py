"""cargo: crates in a sparse index, and the web API beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pratique.core.artifacts import FileView, LockedFile, Manifest, OwnFile, ProjectView, PublishDraft
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
from pratique.core.ecosystem_verbs import Found, SearchQuery
from pratique.core.names import EcosystemId, ProjectKey
from pratique.core.ports import ReadAt
from pratique.ecosystems.cargo import (
    admission,
    archive,
    claims,
    clients,
    description,
    index,
    listing,
    lockfile,
    names,
    own,
    owners,
    refusal,
    routes,
    search,
    versions,
)
from pratique.ecosystems.cargo.publish import CratePublishReader

__all__ = ["CARGO", "Cargo"]


class Cargo:
    """The cargo ecosystem; every method is described where it is implemented."""

    id: EcosystemId = index.CARGO_ID
    osv_name: str = "crates.io"
    routes: tuple[Route, ...] = routes.ROUTES
    without_attestations: str = ""
    one_spelling: bool = True
    lockfiles: tuple[str, ...] = ("Cargo.lock",)
    description: UpstreamRequest = description.REQUEST

    def canonical(self, name: str) -> str:
        """See `names.canonical`."""
        return names.canonical(name)

    def twin_key(self, name: str) -> str:
        """See `names.twin_key`."""
        return names.twin_key(name)

    def twins(self, name: str) -> tuple[str, ...] | None:
        """See `names.twins`."""
        return names.twins(name)

    def check_new_name(self, name: str) -> None:
        """See `names.check_new_name`."""
        names.check_new_name(name)

    def version_key(self, version: str) -> Any:
        """See `versions.version_key`."""
        return versions.version_key(version)

    def release_key(self, version: str) -> Any:
        """See `versions.release_key`."""
        return versions.release_key(version)

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
        return listing.negotiate(accept)

    def write_listing(self, asked: Listing, form: str) -> Rendered:
        """See `listing.write_listing`."""
        return listing.write_listing(asked, form)

    def kept_back(self, view: ProjectView, filename: str) -> str | None:
        """See `listing.kept_back`."""
        return listing.kept_back(view, filename)

    def write_description(self, base_url: str, *, needs_credential: bool, members_only: bool) -> Rendered:
        """See `description.write_description`."""
        return description.write_description(base_url, needs_credential=needs_credential, members_only=members_only)

    def locate(self, file: FileView, said: bytes, url: str) -> str:
        """See `description.locate`."""
        return description.locate(file, said, url)

    def publish_reader(self, headers: Mapping[str, str], sink: Callable[[bytes], object]) -> PublishReader:
        """See `publish.CratePublishReader`."""
        return CratePublishReader(headers, sink)

    def read_manifest(self, filename: str, artefact: ReadAt, limits: ArchiveLimits) -> Manifest:
        """See `archive.read_manifest`."""
        return archive.read_manifest(filename, artefact, limits)

    def check_release(self, manifest: Manifest) -> None:
        """See `admission.check_release`."""
        admission.check_release(manifest)

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

    def write_refusal(self, refused: Refusal) -> Rendered:
        """See `refusal.write_refusal`."""
        return refusal.write_refusal(refused)

    def write_warning(self, line: str) -> dict[str, str]:
        """See `refusal.write_warning`."""
        return refusal.write_warning(line)

    def write_published(self, draft: PublishDraft, note: str) -> Rendered:
        """See `refusal.write_published`."""
        return refusal.write_published(draft, note)

    def write_yanked(self, note: str) -> Rendered:
        """See `refusal.write_done`."""
        return refusal.write_done(note)

    def read_owners(self, body: bytes) -> tuple[str, ...]:
        """See `owners.read_owners`."""
        return owners.read_owners(body)

    def write_owners(self, accounts: Sequence[str]) -> Rendered:
        """See `owners.write_owners`."""
        return owners.write_owners(accounts)

    def write_owners_changed(self, note: str) -> Rendered:
        """See `refusal.write_done`."""
        return refusal.write_done(note)

    def read_search(self, query: Mapping[str, str]) -> SearchQuery:
        """See `search.read_search`."""
        return search.read_search(query)

    def write_search(self, found: Found) -> Rendered:
        """See `search.write_search`."""
        return search.write_search(found)

    def read_lockfile(self, content: bytes) -> tuple[LockedFile, ...]:
        """See `lockfile.read_lockfile`."""
        return lockfile.read_lockfile(content)

    def is_asked_of(self, pin: LockedFile, base_urls: Sequence[str]) -> bool:
        """See `lockfile.is_asked_of`."""
        return lockfile.is_asked_of(pin, base_urls)

    def client_setup(self, base_url: str) -> tuple[tuple[str, str], ...]:
        """See `clients.client_setup`."""
        return clients.client_setup(base_url)


CARGO: Ecosystem = Cargo()
