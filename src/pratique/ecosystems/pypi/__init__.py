"""The Python package ecosystem: the Simple API, wheels and source archives, the legacy upload API."""

from __future__ import annotations

from pratique.core.ecosystem import Ecosystem, Route
from pratique.core.names import EcosystemId
from pratique.ecosystems.pypi import (
    admission,
    archive,
    claims,
    filenames,
    index,
    manifest_names,
    names,
    negotiation,
    truth,
    versions,
)
from pratique.ecosystems.pypi import (
    lockfiles as own_lockfiles,
)
from pratique.ecosystems.pypi import (
    routes as own_routes,
)
from pratique.ecosystems.pypi.listing import kept_back, write_listing
from pratique.ecosystems.pypi.project_json import read_said, write_project
from pratique.ecosystems.pypi.project_list import write_projects
from pratique.ecosystems.pypi.publish import UploadReader
from pratique.ecosystems.pypi.refusal import client_setup, right_address, write_published, write_refusal, write_warning
from pratique.ecosystems.pypi.sdist import inner_metadata
from pratique.ecosystems.pypi.stand_in import write_stand_in

__all__ = ["PYPI", "Pypi"]


class Pypi:
    """`core.ecosystem.Ecosystem` for Python packages; each method is the function of that name in a room."""

    id: EcosystemId = index.PYPI_ID
    osv_name: str = "PyPI"
    routes: tuple[Route, ...] = own_routes.ROUTES
    canonical = staticmethod(names.canonical)

    one_spelling: bool = False
    """No: every spelling means the same project."""

    def twin_key(self, name: str) -> str:
        """The name itself: names that differ may exist beside each other."""
        return name

    def twins(self, _name: str) -> tuple[str, ...]:
        """None."""
        return ()

    check_new_name = staticmethod(names.check_new_name)
    version_key = staticmethod(versions.version_key)
    release_key = staticmethod(versions.version_key)
    canonical_version = staticmethod(versions.spoken_version)
    is_prerelease = staticmethod(versions.is_prerelease)
    upstream_listing = staticmethod(index.upstream_listing)
    read_listing = staticmethod(index.read_listing)
    negotiate = staticmethod(negotiation.negotiate)
    form_named = staticmethod(negotiation.form_named)
    listing_path = staticmethod(own_routes.listing_path)

    projects_path: str = own_routes.PROJECTS_PATH
    write_projects = staticmethod(write_projects)
    write_listing = staticmethod(write_listing)
    write_stand_in = staticmethod(write_stand_in)
    kept_back = staticmethod(kept_back)

    without_attestations: str = "twine: without --attestations; uv: --no-attestations"
    """What to leave out or add for twine and uv."""

    publish_reader = staticmethod(UploadReader)
    read_manifest = staticmethod(archive.read_manifest)
    check_release = staticmethod(admission.check_release)
    compare_listed = staticmethod(truth.compare_listed)
    rival = staticmethod(filenames.rival)
    indexed = staticmethod(index.indexed)
    own_file = staticmethod(index.own_file)
    own_project = staticmethod(index.own_project)
    compare_claims = staticmethod(claims.compare_claims)
    write_refusal = staticmethod(write_refusal)
    write_warning = staticmethod(write_warning)
    write_published = staticmethod(write_published)
    read_said = staticmethod(read_said)
    write_project = staticmethod(write_project)
    inner_metadata = staticmethod(inner_metadata)
    client_setup = staticmethod(client_setup)
    right_address = staticmethod(right_address)

    # Lockfiles.

    manifests: tuple[str, ...] = manifest_names.MANIFESTS
    read_manifest_names = staticmethod(manifest_names.read_manifest_names)
    lockfiles: tuple[str, ...] = own_lockfiles.LOCKFILES
    lockfile_bytes: int = own_lockfiles.MAX_BYTES
    check_lockfile_name = staticmethod(own_lockfiles.check_lockfile_name)
    read_lockfile = staticmethod(own_lockfiles.read_lockfile)
    leads_to = staticmethod(own_lockfiles.leads_to)
    searches_here = staticmethod(own_lockfiles.searches_here)


PYPI: Ecosystem = Pypi()
