"""What some ecosystems' clients change about projects after publishing: tags, messages, members, whole documents.

Like `core.ecosystem_verbs`: each is a protocol of its own, which an ecosystem speaks if its route table names one
of its use cases.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol, runtime_checkable

import msgspec

from pratique.core.artifacts import ProjectView
from pratique.core.ecosystem import Listing, Rendered


class Edition(msgspec.Struct, frozen=True):
    """What publishers have laid down about an own project, beside its files.

    Attributes:
        id: changes with every change of releases, messages, tags or owners, and with nothing else.
        tags: to versions, as they were set; policy may lead clients elsewhere.
        owners: account names, sorted.
    """

    id: str
    tags: Mapping[str, str]
    owners: tuple[str, ...]


class SentDocument(msgspec.Struct, frozen=True):
    """A project's document as a client sends it back, changed.

    Attributes:
        name: the project it says it is of.
        edition: the one it was made from.
        content: nothing in it is believed.
        takes_away: the address says that a release is to be taken away, if one is left out.
    """

    name: str
    edition: str
    content: dict[str, Any]
    takes_away: bool = False


class ProjectChange(msgspec.Struct, frozen=True):
    """What is to become different, and nothing else is.

    Attributes:
        messages: version to what is said to whoever installs it; empty: nothing any more.
        unpublished: the version that is taken away.
        owners: all owners from now on; None leaves them.
    """

    messages: Mapping[str, str] = {}
    unpublished: str | None = None
    owners: tuple[str, ...] | None = None


@runtime_checkable
class HasTags(Protocol):
    """Names of its own lead clients to versions (npm's dist-tags)."""

    def check_tag(self, tag: str) -> None:
        """Refuse what clients cannot take for a tag. Raises Invalid."""
        ...

    def check_removable(self, tag: str) -> None:
        """Refuse to remove what every project needs. Raises Invalid."""
        ...

    def read_tagged(self, body: bytes) -> str:
        """The version that a request points a tag to. Raises Invalid."""
        ...

    def offered_tags(self, listing: Listing) -> Mapping[str, str]:
        """Where the tags lead, as policy has it."""
        ...

    def tags_without(self, tags: Mapping[str, str], gone: str, left: Collection[str]) -> Mapping[str, str]:
        """The tags once a version is gone for good, with those that are left."""
        ...

    def write_tags(self, tags: Mapping[str, str]) -> Rendered:
        """All of them."""
        ...

    def write_tag_changed(self, note: str) -> Rendered:
        """The answer to a change; `note` says what was done."""
        ...


@runtime_checkable
class Deprecates(Protocol):
    """Clients print what a publisher says of a release while they install it."""

    def read_message(self, text: str) -> str:
        """The message as the index may carry it; empty: none. Raises Invalid."""
        ...


@runtime_checkable
class EditsDocuments(Deprecates, Protocol):
    """Clients read a project's whole document, change it, and send it back."""

    def is_read_to_edit(self, query: Mapping[str, str]) -> bool:
        """Whether a client asks for the document in order to send it back."""
        ...

    def with_edition(self, view: ProjectView, edition: Edition) -> ProjectView:
        """The document with what is laid down beside the files."""
        ...

    def write_to_edit(self, view: ProjectView, base_url: str) -> Rendered:
        """All that may be changed, also what policy offers nobody."""
        ...

    def read_document(self, body: bytes, name: str, edition: str) -> SentDocument:
        """What a client sends to the address of an edition. Raises Invalid, Conflict."""
        ...

    def find_change(self, view: ProjectView, base_url: str, sent: SentDocument) -> ProjectChange:
        """What the document wants different from the view of the same edition. Raises Invalid for all else."""
        ...

    def write_edited(self, note: str) -> Rendered:
        """The answer to a change; `note` says what was done."""
        ...


@runtime_checkable
class SharesProjects(Protocol):
    """Clients ask who may read and write a project, and change who may read it."""

    def read_visibility(self, body: bytes) -> str:
        """`public` or `members`, as a change wants it. Raises Invalid, NotOffered."""
        ...

    def write_visibility(self, *, public: bool) -> Rendered:
        """Who may read a project."""
        ...

    def write_members(self, roles: Mapping[str, str]) -> Rendered:
        """Account name to role in one project."""
        ...

    def write_memberships(self, roles: Mapping[str, str]) -> Rendered:
        """Project to the role that one account has in it."""
        ...

    def write_account(self, name: str) -> Rendered:
        """An account, as far as others may know of it."""
        ...
