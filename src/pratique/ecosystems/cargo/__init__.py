"""cargo: crates in a sparse index, and the web API beside it."""

from __future__ import annotations

from pratique.core.ecosystem import Ecosystem, Route, UpstreamRequest
from pratique.core.names import EcosystemId
from pratique.ecosystems.cargo import (
    admission,
    archive,
    claims,
    clients,
    index,
    listing,
    lockfile,
    manifest_names,
    names,
    own,
    owners,
    refusal,
    routes,
    search,
    versions,
)
from pratique.ecosystems.cargo import (
    description as own_description,
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
    manifests: tuple[str, ...] = manifest_names.MANIFESTS
    read_manifest_names = staticmethod(manifest_names.read_manifest_names)
    lockfiles: tuple[str, ...] = lockfile.LOCKFILES
    lockfile_bytes: int = lockfile.MAX_BYTES
    description: UpstreamRequest = own_description.REQUEST

    canonical = staticmethod(names.canonical)
    twin_key = staticmethod(names.twin_key)
    twins = staticmethod(names.twins)
    check_new_name = staticmethod(names.check_new_name)
    version_key = staticmethod(versions.version_key)
    release_key = staticmethod(versions.release_key)
    canonical_version = staticmethod(versions.canonical_version)
    is_prerelease = staticmethod(versions.is_prerelease)
    upstream_listing = staticmethod(index.upstream_listing)
    read_listing = staticmethod(index.read_listing)
    negotiate = staticmethod(listing.negotiate)
    write_listing = staticmethod(listing.write_listing)
    kept_back = staticmethod(listing.kept_back)
    write_description = staticmethod(own_description.write_description)
    locate = staticmethod(own_description.locate)
    publish_reader = staticmethod(CratePublishReader)
    read_manifest = staticmethod(archive.read_manifest)
    check_release = staticmethod(admission.check_release)
    indexed = staticmethod(own.indexed)
    own_file = staticmethod(own.own_file)
    own_project = staticmethod(own.own_project)
    compare_claims = staticmethod(claims.compare_claims)
    write_refusal = staticmethod(refusal.write_refusal)
    write_warning = staticmethod(refusal.write_warning)
    write_published = staticmethod(refusal.write_published)
    write_yanked = staticmethod(refusal.write_done)
    read_owners = staticmethod(owners.read_owners)
    write_owners = staticmethod(owners.write_owners)
    write_owners_changed = staticmethod(refusal.write_done)
    read_search = staticmethod(search.read_search)
    write_search = staticmethod(search.write_search)
    read_lockfile = staticmethod(lockfile.read_lockfile)
    check_lockfile_name = staticmethod(lockfile.check_lockfile_name)
    leads_to = staticmethod(lockfile.leads_to)
    searches_here = staticmethod(lockfile.searches_here)
    client_setup = staticmethod(clients.client_setup)
    right_address = staticmethod(clients.right_address)


CARGO: Ecosystem = Cargo()
