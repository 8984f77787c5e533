"""The one door between the server and an ecosystem: everything behind it is pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from pratique.core.artifacts import FileView, Manifest, OwnFile, ProjectView, PublishDraft
from pratique.core.decisions import Decision
from pratique.core.names import EcosystemId, ProjectKey
from pratique.core.ports import ReadAt

if TYPE_CHECKING:
    from pratique.core.project_verbs import SentDocument


class UseCase(StrEnum):
    """What a route asks for; `web.dispatch` maps each to one service."""

    LIST_PROJECT = "list_project"
    GET_FILE = "get_file"
    GET_METADATA = "get_metadata"
    PUBLISH = "publish"
    WHOAMI = "whoami"
    PING = "ping"
    LOGOUT = "logout"
    DESCRIBE = "describe"
    SEARCH = "search"
    YANK = "yank"
    UNYANK = "unyank"
    LIST_OWNERS = "list_owners"
    ADD_OWNERS = "add_owners"
    REMOVE_OWNERS = "remove_owners"
    SHOW_RELEASE = "show_release"

    AUDIT = "audit"
    DESCRIBE_PROJECT = "describe_project"

    LIST_TAGS = "list_tags"
    SET_TAG = "set_tag"
    REMOVE_TAG = "remove_tag"
    EDIT_PROJECT = "edit_project"
    UNPUBLISH_PROJECT = "unpublish_project"
    UNPUBLISH_FILE = "unpublish_file"
    LIST_MEMBERS = "list_members"
    SHOW_VISIBILITY = "show_visibility"
    SET_ACCESS = "set_access"
    SHOW_ACCOUNT = "show_account"
    LIST_MEMBERSHIPS = "list_memberships"
    DECLINE = "decline"
    LIST_PROJECTS = "list_projects"

    # A person's own account, as clients ask about it.
    START_LOGIN = "start_login"
    COLLECT = "collect"
    PASSWORD_LOGIN = "password_login"  # noqa: S105  # a verb
    SHOW_PROFILE = "show_profile"
    CHANGE_PROFILE = "change_profile"
    LIST_TOKENS = "list_tokens"
    CREATE_TOKEN = "create_token"  # noqa: S105
    REVOKE_TOKEN = "revoke_token"  # noqa: S105
    SIGNING_KEYS = "signing_keys"


class Route(msgspec.Struct, frozen=True):
    """One line of an ecosystem's route table.

    Attributes:
        method: HTTP method; GET also answers HEAD.
        pattern: regular expression over the raw (still percent-encoded) path below
            `/{repository}/{ecosystem}`; its named groups `project`, `version`, `file` are decoded once, then
            validated; `token` is a secret, which nobody writes down.
        use_case: what it asks for.
        members_only: nobody in particular is answered here, even where anybody may read.
        declined: why this server does not do what is asked here, and what to do instead.
        missing: what is declined is told as something that is not there, because a client then asks elsewhere.
        for_guests: whoever asks is answered here, and no credential is looked at: it is about getting one, and about
            no repository.
    """

    method: str
    pattern: re.Pattern[str]
    use_case: UseCase
    members_only: bool = False
    declined: str = ""
    missing: bool = False
    for_guests: bool = False


class Rendered(msgspec.Struct, frozen=True):
    """An answer ready to be sent.

    Attributes:
        body: uncompressed bytes.
        content_type: full header value.
        status: HTTP status.
        reason: reason phrase, empty for the standard one; printable ASCII, at most 200 characters.
        headers: further headers.
    """

    body: bytes
    content_type: str
    status: int = 200
    reason: str = ""
    headers: dict[str, str] = {}


class UpstreamRequest(msgspec.Struct, frozen=True):
    """How to ask an upstream for a project: a path relative to its base URL, and headers."""

    path: str
    headers: dict[str, str]


class Listing(msgspec.Struct, frozen=True):
    """A project with a decision for every file, ready to be written.

    Attributes:
        view: what the index says.
        decisions: filename to decision; every file of the view has one.
        base_url: `https://host/{repository}/{ecosystem}`, without a trailing slash.
        explain_url: from a decision's id to the page that explains it.
        allowed: versions with a file that is offered: stable ones newest first, then pre-releases.
        base_urls: the same place by every public URL, as other documents may name it.
    """

    view: ProjectView
    decisions: Mapping[str, Decision]
    base_url: str
    explain_url: Callable[[str], str]
    allowed: tuple[str, ...]
    base_urls: tuple[str, ...] = ()


class Refusal(msgspec.Struct, frozen=True):
    """A refusal or failure in neutral form, for an ecosystem to say in its client's way.

    Attributes:
        status: HTTP status.
        line: the one sentence, printable ASCII, at most 200 characters.
        body: machine fields; `error` holds the line.
        tokens_url: page on which people make tokens; empty where nobody says.
        command: what the client calls its command that reads; empty where it does not say, or changes something.
    """

    status: int
    line: str
    body: dict[str, Any]
    tokens_url: str = ""
    command: str = ""


class ArchiveLimits(msgspec.Struct, frozen=True):
    """Bounds on an artefact's inside, all settings.

    Attributes:
        max_entries: number of members.
        max_unpacked: bytes of all members together.
        max_ratio: unpacked to packed, checked beyond `ratio_from` unpacked bytes.
        ratio_from: bytes below which the ratio is not looked at.
        max_member: bytes of a member that is read into memory.
        max_depth: path segments of a member's name.
    """

    max_entries: int = 100_000
    max_unpacked: int = 4 << 30
    max_ratio: int = 200
    ratio_from: int = 64 << 20
    max_member: int = 16 << 20
    max_depth: int = 64


class PublishReader(Protocol):
    """Reads an upload as it streams in; never holds the artefact."""

    def feed(self, chunk: bytes) -> None:
        """Take the next body bytes; artefact bytes go to the sink given at construction.

        Raises:
            Invalid: the body cannot be an upload of this kind.
            TooLarge: a field or the whole is over a limit.
        """
        ...

    def finish(self) -> PublishDraft | SentDocument:
        """The draft, once the body has ended; the project's document where that is sent to the same address.

        Raises:
            Invalid: the body ended early or lacks a required field, among them a strong digest
                where this ecosystem's clients state one.
        """
        ...


class Ecosystem(Protocol):
    """What every ecosystem folder provides. All methods are pure and thread-safe."""

    @property
    def id(self) -> EcosystemId:
        """`npm`, `pypi`, ...; also the purl type and the URL segment."""
        ...

    @property
    def osv_name(self) -> str:
        """The ecosystem's name in OSV records."""
        ...

    @property
    def routes(self) -> tuple[Route, ...]:
        """The route table, first match wins."""
        ...

    def canonical(self, name: str) -> str:
        """Canonical form of a project name. Raises InvalidName with a helpful sentence."""
        ...

    @property
    def one_spelling(self) -> bool:
        """Whether every release of a project has to write its name as the first one did."""
        ...

    def twin_key(self, name: str) -> str:
        """What a canonical name shares with every other one that may not exist beside it."""
        ...

    def twins(self, name: str) -> tuple[str, ...] | None:
        """All other canonical names that an upstream may hold in place of this one; None if they are too many."""
        ...

    def check_new_name(self, name: str) -> None:
        """Refuse what nobody may publish under from now on. Raises InvalidName with a helpful sentence."""
        ...

    def version_key(self, version: str) -> Any:
        """Sort key of a version. Raises ValueError on what is no version."""
        ...

    def release_key(self, version: str) -> Any:
        """Sort key that versions share of which a project can have only one: `1.0.0` and `1.0.0+x` where builds
        are not told apart. Denials go by it, permissions by `version_key`. Raises ValueError on what is no version.
        """
        ...

    def canonical_version(self, version: str) -> str:
        """The one spelling of a version that a person wrote. Raises Invalid with a helpful sentence."""
        ...

    def is_prerelease(self, version: str) -> bool:
        """Whether resolvers skip it unless asked. Raises ValueError on what is no version."""
        ...

    def upstream_listing(self, name: str) -> UpstreamRequest:
        """How to fetch a project's document."""
        ...

    def read_listing(self, name: str, content: bytes, content_type: str, url: str) -> ProjectView:
        """Read an upstream's document fetched from `url`. Raises BadUpstream if it is not one."""
        ...

    def negotiate(self, accept: str | None) -> str:
        """The listing form for an Accept header (`json`, `html`, `full`, `abbreviated`)."""
        ...

    def write_listing(self, listing: Listing, form: str) -> Rendered:
        """The document a client reads, with hidden, held and denied files said in its way."""
        ...

    def kept_back(self, view: ProjectView, filename: str) -> str | None:
        """What an upstream that decides as we do says of a file it refuses, in one line; None if it refuses it not.

        Read from the document, because the file may be stored here and need no request.
        """
        ...

    @property
    def without_attestations(self) -> str:
        """How its clients are told to upload without attestations; empty where they have none."""
        ...

    def publish_reader(self, headers: Mapping[str, str], sink: Callable[[bytes], object]) -> PublishReader:
        """Start reading an upload. Raises Invalid if the headers rule it out."""
        ...

    def read_manifest(self, filename: str, artefact: ReadAt, limits: ArchiveLimits) -> Manifest:
        """Read what the artefact says of itself.

        Raises:
            Invalid: broken, hostile or lacking a manifest.
            TooLarge: over a limit.
        """
        ...

    def indexed(self, manifest: Manifest) -> Manifest:
        """As much of the manifest as this ecosystem's index carries: only that is kept for its listings."""
        ...

    def own_file(self, file: OwnFile) -> FileView:
        """An own file as the index lists it, with `raw` built from the manifest."""
        ...

    def own_project(self, key: ProjectKey, files: tuple[FileView, ...], tags: dict[str, str]) -> ProjectView:
        """An own project's document fields around its files."""
        ...

    def compare_claims(self, draft: PublishDraft, manifest: Manifest) -> tuple[str, ...]:
        """Fields in which the client's claim differs from the artefact. Raises Invalid on name or version."""
        ...

    def write_refusal(self, refusal: Refusal) -> Rendered:
        """A refusal or failure in the words and fields this client shows."""
        ...

    def write_warning(self, line: str) -> dict[str, str]:
        """Headers of a served artefact with which this ecosystem's clients print a warning; {} if none do."""
        ...

    def write_published(self, draft: PublishDraft, note: str) -> Rendered:
        """The answer to a successful upload; `note` says what happens next."""
        ...

    def client_setup(self, base_url: str) -> tuple[tuple[str, str], ...]:
        """For each client: its name and the lines to paste."""
        ...

    def right_address(self, base_url: str, method: str) -> str:
        """A clause for whoever was told a wrong address: which one clients are told that send this method."""
        ...
