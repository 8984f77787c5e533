"""npm: the registry protocol that npm, yarn, pnpm and bun share."""

from __future__ import annotations

from pratique.core.artifacts import PublishDraft
from pratique.core.ecosystem import Ecosystem, Rendered, Route, UpstreamRequest
from pratique.core.names import EcosystemId
from pratique.ecosystems.npm import (
    account,
    archive,
    audit,
    claims,
    clients,
    dist_tags,
    documents,
    index,
    login,
    manifest_names,
    messages,
    names,
    one_release,
    own,
    restrictions,
    search,
    sharing,
    signatures,
    truth,
    versions,
)
from pratique.ecosystems.npm import (
    lockfiles as own_lockfiles,
)
from pratique.ecosystems.npm import (
    routes as own_routes,
)
from pratique.ecosystems.npm.listing import negotiate, write_listing
from pratique.ecosystems.npm.publish import NpmPublishReader, check_tag
from pratique.ecosystems.npm.refusal import write_published, write_refusal, write_warning

__all__ = ["NPM", "Npm"]


class Npm:
    """The npm ecosystem; every method is described where it is implemented."""

    id: EcosystemId = index.NPM_ID
    osv_name: str = "npm"
    routes: tuple[Route, ...] = own_routes.ROUTES
    canonical = staticmethod(names.canonical)

    one_spelling: bool = False
    """No: names that differ are different packages."""

    def twin_key(self, name: str) -> str:
        """The name itself: names that differ may exist beside each other."""
        return name

    def twins(self, _name: str) -> tuple[str, ...]:
        """None."""
        return ()

    check_new_name = staticmethod(names.check_new_name)
    version_key = staticmethod(versions.version_key)
    release_key = staticmethod(versions.version_key)
    canonical_version = staticmethod(versions.canonical_version)
    is_prerelease = staticmethod(versions.is_prerelease)
    upstream_listing = staticmethod(index.upstream_listing)
    read_listing = staticmethod(index.read_listing)
    negotiate = staticmethod(negotiate)
    write_listing = staticmethod(write_listing)
    kept_back = staticmethod(restrictions.kept_back)

    without_attestations: str = "npm publish --provenance=false"
    """The flag of `npm publish`."""

    publish_reader = staticmethod(NpmPublishReader)
    read_manifest = staticmethod(archive.read_manifest)
    compare_listed = staticmethod(truth.compare_listed)
    indexed = staticmethod(own.indexed)
    own_file = staticmethod(own.own_file)
    own_project = staticmethod(own.own_project)
    compare_claims = staticmethod(claims.compare_claims)
    write_refusal = staticmethod(write_refusal)
    write_warning = staticmethod(write_warning)

    def write_published(self, draft: PublishDraft, note: str) -> Rendered:
        """See `refusal.write_published`."""
        return write_published(note)

    write_release = staticmethod(one_release.write_release)
    release_file = staticmethod(one_release.release_file)
    read_audit = staticmethod(audit.read_audit)
    write_audit = staticmethod(audit.write_audit)
    client_setup = staticmethod(clients.client_setup)
    right_address = staticmethod(clients.right_address)

    # What publishers change about a package after publishing.

    check_tag = staticmethod(check_tag)
    check_removable = staticmethod(dist_tags.check_removable)
    read_tagged = staticmethod(dist_tags.read_tagged)
    offered_tags = staticmethod(dist_tags.offered_tags)
    tags_without = staticmethod(dist_tags.tags_without)
    write_tags = staticmethod(dist_tags.write_tags)
    write_tag_changed = staticmethod(dist_tags.write_tag_changed)
    read_message = staticmethod(messages.read_message)
    is_read_to_edit = staticmethod(documents.is_read_to_edit)
    with_edition = staticmethod(documents.with_edition)
    write_to_edit = staticmethod(documents.write_to_edit)
    read_document = staticmethod(documents.read_document)
    find_change = staticmethod(documents.find_change)
    write_edited = staticmethod(documents.write_edited)
    read_access_change = staticmethod(sharing.read_access_change)
    write_visibility = staticmethod(sharing.write_visibility)
    write_members = staticmethod(sharing.write_members)
    write_memberships = staticmethod(sharing.write_memberships)
    write_account = staticmethod(sharing.write_account)
    read_search = staticmethod(search.read_search)
    write_search = staticmethod(search.write_search)

    command_header: str = "npm-command"

    # The account side.

    code_header: str = "npm-otp"
    """Of `--otp`, and of what npm fetched from the page."""

    done_path = staticmethod(login.done_path)
    write_login_offer = staticmethod(login.write_login_offer)
    write_waiting = staticmethod(login.write_waiting)
    write_collected = staticmethod(login.write_collected)
    read_password_login = staticmethod(login.read_password_login)
    write_logged_in = staticmethod(login.write_logged_in)
    write_profile = staticmethod(account.write_profile)
    read_profile_change = staticmethod(account.read_profile_change)
    write_tokens = staticmethod(account.write_tokens)
    read_token_wish = staticmethod(account.read_token_wish)
    write_token_made = staticmethod(account.write_token_made)
    read_token_key = staticmethod(account.read_token_key)
    write_token_ended = staticmethod(account.write_token_ended)
    signed_text = staticmethod(signatures.signed_text)

    keys_request: UpstreamRequest = signatures.KEYS

    read_keys = staticmethod(signatures.read_keys)
    own_key = staticmethod(signatures.own_key)
    write_keys = staticmethod(signatures.write_keys)

    # Lockfiles.

    manifests: tuple[str, ...] = manifest_names.MANIFESTS
    read_manifest_names = staticmethod(manifest_names.read_manifest_names)
    lockfiles: tuple[str, ...] = own_lockfiles.LOCKFILES
    lockfile_bytes: int = own_lockfiles.MAX_BYTES
    check_lockfile_name = staticmethod(own_lockfiles.check_lockfile_name)
    read_lockfile = staticmethod(own_lockfiles.read_lockfile)
    leads_to = staticmethod(own_lockfiles.leads_to)
    searches_here = staticmethod(own_lockfiles.searches_here)


NPM: Ecosystem = Npm()
