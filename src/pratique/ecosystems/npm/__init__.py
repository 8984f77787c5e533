"""npm: the registry protocol that npm, yarn, pnpm and bun share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from pratique.core.account_verbs import (
    LoginOffer,
    PasswordChange,
    PasswordLogin,
    Profile,
    SigningKeyLine,
    TokenLine,
    TokenWish,
)
from pratique.core.advisories import ProjectAdvisory
from pratique.core.artifacts import Digests, FileView, Manifest, OwnFile, ProjectView, PublishDraft
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
from pratique.core.project_verbs import Edition, ProjectChange, SentDocument
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
    messages,
    names,
    one_release,
    own,
    restrictions,
    routes,
    search,
    sharing,
    signatures,
    truth,
    versions,
)
from pratique.ecosystems.npm.listing import negotiate, write_listing
from pratique.ecosystems.npm.publish import NpmPublishReader, check_tag
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

    def release_key(self, version: str) -> Any:
        """Build metadata has no place in it already."""
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

    def write_release(self, listing: bytes, wanted: str) -> Rendered | None:
        """See `one_release.write_release`."""
        return one_release.write_release(listing, wanted)

    def release_file(self, name: str, wanted: str) -> str | None:
        """See `one_release.release_file`."""
        return one_release.release_file(name, wanted)

    def read_audit(self, body: bytes) -> dict[str, tuple[str, ...]]:
        """See `audit.read_audit`."""
        return audit.read_audit(body)

    def write_audit(self, found: Mapping[str, Sequence[ProjectAdvisory]]) -> Rendered:
        """See `audit.write_audit`."""
        return audit.write_audit(found)

    def client_setup(self, base_url: str) -> tuple[tuple[str, str], ...]:
        """See `clients.client_setup`."""
        return clients.client_setup(base_url)

    # What publishers change about a package after publishing.

    def check_tag(self, tag: str) -> None:
        """See `publish.check_tag`."""
        check_tag(tag)

    def check_removable(self, tag: str) -> None:
        """See `dist_tags.check_removable`."""
        dist_tags.check_removable(tag)

    def read_tagged(self, body: bytes) -> str:
        """See `dist_tags.read_tagged`."""
        return dist_tags.read_tagged(body)

    def offered_tags(self, listing: Listing) -> Mapping[str, str]:
        """See `dist_tags.offered_tags`."""
        return dist_tags.offered_tags(listing)

    def tags_without(self, tags: Mapping[str, str], gone: str, left: Collection[str]) -> Mapping[str, str]:
        """See `dist_tags.tags_without`."""
        return dist_tags.tags_without(tags, gone, left)

    def write_tags(self, tags: Mapping[str, str]) -> Rendered:
        """See `dist_tags.write_tags`."""
        return dist_tags.write_tags(tags)

    def write_tag_changed(self, note: str) -> Rendered:
        """See `dist_tags.write_tag_changed`."""
        return dist_tags.write_tag_changed(note)

    def read_message(self, text: str) -> str:
        """See `messages.read_message`."""
        return messages.read_message(text)

    def is_read_to_edit(self, query: Mapping[str, str]) -> bool:
        """See `documents.is_read_to_edit`."""
        return documents.is_read_to_edit(query)

    def with_edition(self, view: ProjectView, edition: Edition) -> ProjectView:
        """See `documents.with_edition`."""
        return documents.with_edition(view, edition)

    def write_to_edit(self, view: ProjectView, base_url: str) -> Rendered:
        """See `documents.write_to_edit`."""
        return documents.write_to_edit(view, base_url)

    def read_document(self, body: bytes, name: str, edition: str) -> SentDocument:
        """See `documents.read_document`."""
        return documents.read_document(body, name, edition)

    def find_change(self, view: ProjectView, base_url: str, sent: SentDocument) -> ProjectChange:
        """See `documents.find_change`."""
        return documents.find_change(view, base_url, sent)

    def write_edited(self, note: str) -> Rendered:
        """See `documents.write_edited`."""
        return documents.write_edited(note)

    def read_visibility(self, body: bytes) -> str:
        """See `sharing.read_visibility`."""
        return sharing.read_visibility(body)

    def write_visibility(self, *, public: bool) -> Rendered:
        """See `sharing.write_visibility`."""
        return sharing.write_visibility(public=public)

    def write_members(self, roles: Mapping[str, str]) -> Rendered:
        """See `sharing.write_members`."""
        return sharing.write_members(roles)

    def write_memberships(self, roles: Mapping[str, str]) -> Rendered:
        """See `sharing.write_memberships`."""
        return sharing.write_memberships(roles)

    def write_account(self, name: str) -> Rendered:
        """See `sharing.write_account`."""
        return sharing.write_account(name)

    def read_search(self, query: Mapping[str, str]) -> SearchQuery:
        """See `search.read_search`."""
        return search.read_search(query)

    def write_search(self, found: Found) -> Rendered:
        """See `search.write_search`."""
        return search.write_search(found)

    # The account side.

    @property
    def code_header(self) -> str:
        """Of `--otp`, and of what npm fetched from the page."""
        return "npm-otp"

    def done_path(self, secret: str) -> str:
        """See `login.done_path`."""
        return login.done_path(secret)

    def write_login_offer(self, offer: LoginOffer, note: str) -> Rendered:
        """See `login.write_login_offer`."""
        return login.write_login_offer(offer, note)

    def write_waiting(self, seconds: int) -> Rendered:
        """See `login.write_waiting`."""
        return login.write_waiting(seconds)

    def write_collected(self, secret: str) -> Rendered:
        """See `login.write_collected`."""
        return login.write_collected(secret)

    def read_password_login(self, name: str, body: bytes) -> PasswordLogin:
        """See `login.read_password_login`."""
        return login.read_password_login(name, body)

    def write_logged_in(self, name: str, token: str) -> Rendered:
        """See `login.write_logged_in`."""
        return login.write_logged_in(name, token)

    def write_profile(self, profile: Profile) -> Rendered:
        """See `account.write_profile`."""
        return account.write_profile(profile)

    def read_profile_change(self, body: bytes) -> PasswordChange:
        """See `account.read_profile_change`."""
        return account.read_profile_change(body)

    def write_tokens(self, tokens: Sequence[TokenLine]) -> Rendered:
        """See `account.write_tokens`."""
        return account.write_tokens(tokens)

    def read_token_wish(self, body: bytes) -> TokenWish:
        """See `account.read_token_wish`."""
        return account.read_token_wish(body)

    def write_token_made(self, secret: str, token: TokenLine) -> Rendered:
        """See `account.write_token_made`."""
        return account.write_token_made(secret, token)

    def read_token_key(self, key: str) -> int | None:
        """See `account.read_token_key`."""
        return account.read_token_key(key)

    def write_token_ended(self) -> Rendered:
        """See `account.write_token_ended`."""
        return account.write_token_ended()

    def signed_text(self, name: str, version: str, digests: Digests) -> str:
        """See `signatures.signed_text`."""
        return signatures.signed_text(name, version, digests)

    @property
    def keys_request(self) -> UpstreamRequest:
        """See `signatures.KEYS`."""
        return signatures.KEYS

    def read_keys(self, content: bytes) -> tuple[SigningKeyLine, ...]:
        """See `signatures.read_keys`."""
        return signatures.read_keys(content)

    def own_key(self, key_id: str, public: str, expires: str | None) -> SigningKeyLine:
        """See `signatures.own_key`."""
        return signatures.own_key(key_id, public, expires)

    def write_keys(self, keys: Sequence[SigningKeyLine]) -> Rendered:
        """See `signatures.write_keys`."""
        return signatures.write_keys(keys)


NPM: Ecosystem = Npm()
