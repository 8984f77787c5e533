"""What only some ecosystems' clients can ask for. Each is a protocol of its own, named by its use cases.

An ecosystem whose route table names one of these use cases implements the protocol; `REQUIRED` says which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, runtime_checkable

import msgspec

from pratique.core.artifacts import FileView, LockedFile, Manifest
from pratique.core.ecosystem import ArchiveLimits, Rendered, UpstreamRequest, UseCase
from pratique.core.ports import ReadAt


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
    """One result: the project, its newest offered version and what its publisher says of it."""

    name: str
    version: str
    description: str = ""


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
class ReadsLockfiles(Protocol):
    """Its clients keep lockfiles that can be read."""

    @property
    def lockfiles(self) -> tuple[str, ...]:
        """How they are called."""
        ...

    def read_lockfile(self, content: bytes) -> tuple[LockedFile, ...]:
        """What it pins. Raises Invalid, TooLarge."""
        ...

    def is_asked_of(self, pin: LockedFile, base_urls: Sequence[str]) -> bool:
        """Whether clients ask a server at these addresses for the pin, because it is theirs or public."""
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

    def compare_listed(self, project: str, file: FileView, artefact: ReadAt, limits: ArchiveLimits) -> tuple[str, ...]:
        """Fields in which the index says something else than the artefact, sorted.

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
}
"""Which protocol a use case asks of the ecosystem that routes to it."""
