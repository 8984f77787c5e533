"""What only some ecosystems' clients can ask for. Each is a protocol of its own, named by its use cases.

An ecosystem whose route table names one of these use cases implements the protocol; `REQUIRED` says which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import msgspec

from pratique.core.account_verbs import HasProfiles, HasTokens, LogsInByPage, LogsInByPassword, Signs
from pratique.core.advisories import ProjectAdvisory
from pratique.core.artifacts import FileView, Manifest
from pratique.core.clock import Instant
from pratique.core.differences import Difference
from pratique.core.ecosystem import ArchiveLimits, Listing, Rendered, UpstreamRequest, UseCase
from pratique.core.lockfiles import Leads, LockedFile, Lockfile
from pratique.core.mentions import Mention
from pratique.core.ports import ReadAt
from pratique.core.project_verbs import EditsDocuments, HasTags, SharesProjects


class SearchQuery(msgspec.Struct, frozen=True):
    """What a client searches for.

    Attributes:
        text: as typed; empty for everything.
        limit: results wanted at most.
        offset: results to pass over.
    """

    text: str
    limit: int
    offset: int = 0


class FoundProject(msgspec.Struct, frozen=True):
    """One result: the project, its newest offered version and what its publisher says of it.

    Attributes:
        published: when that version was, as far as it is known.
        owners: of an own project.
        manifest: what an own release says of itself, in its ecosystem's fields.
    """

    name: str
    version: str
    description: str = ""
    published: Instant | None = None
    owners: tuple[str, ...] = ()
    manifest: Mapping[str, Any] = {}


class Found(msgspec.Struct, frozen=True):
    """Results in their order, and how many there are in all."""

    projects: tuple[FoundProject, ...]
    total: int


@runtime_checkable
class Describes(Protocol):
    """An index that begins with a document about itself (cargo's `config.json`)."""

    @property
    def description(self) -> UpstreamRequest:
        """How to ask an upstream for its own."""
        ...

    def write_description(self, base_url: str, *, needs_credential: bool, members_only: bool) -> Rendered:
        """Ours. `members_only`: it was asked for where everybody signs in."""
        ...

    def locate(self, file: FileView, said: bytes, url: str) -> str:
        """Where an upstream serves a file, by what it said of itself at `url`. Raises BadUpstream."""
        ...


@runtime_checkable
class Yanks(Protocol):
    """Clients can take a release out of what resolvers choose, and put it back."""

    def write_yanked(self, note: str) -> Rendered:
        """The answer to a yank or unyank; `note` says what was done."""
        ...


@runtime_checkable
class HasOwners(Protocol):
    """Clients can list and change who owns a project."""

    def read_owners(self, body: bytes) -> tuple[str, ...]:
        """The accounts that a change names. Raises Invalid."""
        ...

    def write_owners(self, names: Sequence[str]) -> Rendered:
        """The owners, by account name."""
        ...

    def write_owners_changed(self, note: str) -> Rendered:
        """The answer to a change; `note` says what was done."""
        ...


@runtime_checkable
class Searches(Protocol):
    """Clients can search."""

    def read_search(self, query: Mapping[str, str]) -> SearchQuery:
        """The question, from the URL's query. Raises Invalid."""
        ...

    def write_search(self, found: Found) -> Rendered:
        """The results."""
        ...


@runtime_checkable
class ShowsReleases(Protocol):
    """Clients can ask for one release, by version or tag, instead of the whole listing."""

    def write_release(self, listing: bytes, wanted: str) -> Rendered | None:
        """What a listing says of one release; None if it offers none of this version or tag."""
        ...

    def release_file(self, name: str, wanted: str) -> str | None:
        """The name of the file that a version is; None for what is no version."""
        ...


@runtime_checkable
class ReadsLockfiles(Protocol):
    """Its clients keep lockfiles that can be read."""

    @property
    def lockfiles(self) -> tuple[str, ...]:
        """How they are called; `*` stands for any characters."""
        ...

    @property
    def lockfile_bytes(self) -> int:
        """The longest that is read."""
        ...

    def check_lockfile_name(self, filename: str) -> None:
        """Refuse one of these names whose form nobody can read. Raises Invalid with what to do instead."""
        ...

    def read_lockfile(self, filename: str, content: bytes) -> Lockfile:
        """What it pins. Raises Invalid, TooLarge."""
        ...

    def leads_to(self, pin: LockedFile, base_urls: Sequence[str]) -> Leads:
        """Where clients go for the pin, of a server at these addresses (`https://host/{repository}/npm`)."""
        ...

    def searches_here(self, address: str, base_urls: Sequence[str]) -> bool:
        """Whether what a lockfile has its client search is this server."""
        ...


@runtime_checkable
class ReadsManifests(Protocol):
    """What its projects depend on can be read from files that people write."""

    @property
    def manifests(self) -> tuple[str, ...]:
        """How they are called; `*` stands for any characters."""
        ...

    def read_manifest_names(self, filename: str, content: bytes) -> tuple[Mention, ...]:
        """The names it depends on. Raises Invalid, TooLarge."""
        ...


@runtime_checkable
class Audits(Protocol):
    """Clients ask which of the releases that they have installed advisories are about."""

    def read_audit(self, body: bytes) -> dict[str, tuple[str, ...]]:
        """The versions asked about, by name as the client spells it. Raises Invalid, TooLarge."""
        ...

    def write_audit(self, found: Mapping[str, Sequence[ProjectAdvisory]]) -> Rendered:
        """The answer, by the same names; one that nothing is known about is not among them."""
        ...


class ProjectDescription(msgspec.Struct, frozen=True):
    """One release of a project, described for people and programs.

    Attributes:
        listing: the project with a decision for every file.
        offered: files of all releases that a resolver may choose, and withdrawn ones that nothing refuses.
        version: the release that is described, in its one spelling.
        files: of that release, as far as their bytes can be had.
        said: what the release says of itself, as `read_said` reads it; empty where nobody has it at hand.
        advisories: about that release.
        whole: the project was asked for, and not this release alone.
    """

    listing: Listing
    offered: tuple[FileView, ...]
    version: str
    files: tuple[FileView, ...]
    said: Mapping[str, Any]
    advisories: tuple[ProjectAdvisory, ...]
    whole: bool


@runtime_checkable
class DescribesProjects(Protocol):
    """Clients ask for a description of a project or release besides its listing."""

    def read_said(self, content: bytes) -> dict[str, Any]:
        """Fields of a release's separate metadata, as JSON values; none where it cannot be read."""
        ...

    def write_project(self, project: ProjectDescription) -> Rendered:
        """The description."""
        ...

    def inner_metadata(self, filename: str, artefact: ReadAt, limits: ArchiveLimits) -> bytes:
        """What an own artefact says of itself, where no file beside it does; empty for a format that is not read so.

        Raises:
            Invalid: it is broken.
            TooLarge: it would have to be unpacked too far.
        """
        ...


@runtime_checkable
class ChecksReleases(Protocol):
    """Asks more of what is published now than that it can be read."""

    def check_release(self, manifest: Manifest) -> None:
        """Refuse what may not be published. Raises Invalid."""
        ...


@runtime_checkable
class ComparesListed(Protocol):
    """What an index says of a file can be held against the file."""

    def compare_listed(
        self, project: str, file: FileView, artefact: ReadAt, limits: ArchiveLimits
    ) -> tuple[Difference, ...]:
        """Fields in which the index says something else than the artefact, sorted by name.

        Args:
            project: canonical name.
            file: as listed.
            artefact: its bytes.
            limits: bounds on its inside.

        Raises:
            Invalid: the artefact is broken or hostile, or contradicts itself.
            TooLarge: over a limit; nothing was compared.
        """
        ...


@runtime_checkable
class OneOfAKind(Protocol):
    """Its releases have several files, of which some leave no place for others."""

    def rival(self, filename: str, others: Iterable[str]) -> str | None:
        """The one among the other files of a release that says it is what this one is; None if none does."""
        ...


@runtime_checkable
class HasOneAddress(Protocol):
    """A project's listing has one address, to which every other spelling of the name leads."""

    def listing_path(self, name: str) -> str:
        """Where it stands below the ecosystem's address: `/simple/demo/`. Raises InvalidName."""
        ...


@runtime_checkable
class NamesForms(Protocol):
    """The form of a listing can be asked for in the URL's query, in place of the Accept header."""

    def form_named(self, query: Mapping[str, str]) -> str | None:
        """The form; None if the query names none. Raises NotAcceptable."""
        ...


@runtime_checkable
class NamesCommands(Protocol):
    """Clients say which of their commands sends a request; nothing is decided by it."""

    @property
    def command_header(self) -> str:
        """The header that holds it."""
        ...


@runtime_checkable
class ShowsRefusedFiles(Protocol):
    """Its clients show nothing of a refused listing, and the sentence of a refused file."""

    def write_stand_in(self, name: str, base_url: str, form: str) -> Rendered:
        """A listing of one file that there is not, so that clients ask for it and show why they do not get it."""
        ...


@runtime_checkable
class ListsProjects(Protocol):
    """Clients can ask for the names of all projects."""

    @property
    def projects_path(self) -> str:
        """Where the list stands below the ecosystem's address: `/simple/`."""
        ...

    def write_projects(self, names: Sequence[str], base_url: str, form: str) -> Rendered:
        """The list, in a form of the listings; names as they are displayed."""
        ...


REQUIRED: dict[UseCase, type] = {
    UseCase.LIST_PROJECTS: ListsProjects,
    UseCase.DESCRIBE: Describes,
    UseCase.YANK: Yanks,
    UseCase.UNYANK: Yanks,
    UseCase.LIST_OWNERS: HasOwners,
    UseCase.ADD_OWNERS: HasOwners,
    UseCase.REMOVE_OWNERS: HasOwners,
    UseCase.SEARCH: Searches,
    UseCase.SHOW_RELEASE: ShowsReleases,
    UseCase.AUDIT: Audits,
    UseCase.LIST_TAGS: HasTags,
    UseCase.SET_TAG: HasTags,
    UseCase.REMOVE_TAG: HasTags,
    UseCase.EDIT_PROJECT: EditsDocuments,
    UseCase.UNPUBLISH_PROJECT: EditsDocuments,
    UseCase.UNPUBLISH_FILE: EditsDocuments,
    UseCase.LIST_MEMBERS: SharesProjects,
    UseCase.SHOW_VISIBILITY: SharesProjects,
    UseCase.SET_ACCESS: SharesProjects,
    UseCase.SHOW_ACCOUNT: SharesProjects,
    UseCase.LIST_MEMBERSHIPS: SharesProjects,
    UseCase.DESCRIBE_PROJECT: DescribesProjects,
    UseCase.START_LOGIN: LogsInByPage,
    UseCase.COLLECT: LogsInByPage,
    UseCase.PASSWORD_LOGIN: LogsInByPassword,
    UseCase.SHOW_PROFILE: HasProfiles,
    UseCase.CHANGE_PROFILE: HasProfiles,
    UseCase.LIST_TOKENS: HasTokens,
    UseCase.CREATE_TOKEN: HasTokens,
    UseCase.REVOKE_TOKEN: HasTokens,
    UseCase.SIGNING_KEYS: Signs,
}
"""Which protocol a use case asks of the ecosystem that routes to it."""
