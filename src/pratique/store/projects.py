"""Projects of a repository, who may see them, and who has a role in them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from pratique.core.account_verbs import PublishProof
from pratique.core.artifacts import Origin, ProjectStatus
from pratique.core.clock import Instant
from pratique.core.names import EcosystemId, ProjectKey
from pratique.store import name_forms
from pratique.store.dialects import insert, matches_glob
from pratique.store.rows import many
from pratique.store.schema import account, file, manifest, membership, project


class Project(msgspec.Struct, frozen=True):
    """One project.

    Attributes:
        key: ecosystem and canonical name.
        display: the name as its first publisher or its upstream writes it.
        origin: sticky.
        upstream_id: where it comes from, None for an own project.
        visibility: `members` or `public`.
        served: when a file of it was first served here, None if never.
        status: how it stands as a whole, None if nobody ever said.
        status_by_admin: an administrator laid that down.
        publish_proof: of whom its owners demand a one-time code with every publish.
    """

    id: int
    repository_id: int
    key: ProjectKey
    display: str
    origin: Origin
    upstream_id: int | None
    visibility: str
    created: Instant
    served: Instant | None
    status: ProjectStatus | None = None
    status_by_admin: bool = False
    publish_proof: PublishProof = PublishProof.NOBODY


class Member(msgspec.Struct, frozen=True):
    """An account with a role (owner, maintainer, reader) in a project."""

    account_id: int
    name: str
    role: str


class Standing(msgspec.Struct, frozen=True):
    """Who may know of an own project, and what an account is to it; no role: none."""

    visibility: str
    role: str | None


class Reader(msgspec.Struct, frozen=True):
    """Who looks for projects, as far as it decides of which they may know.

    Attributes:
        account: whose roles count; None for nobody's.
        sees_all: an administrator knows of every project.
        names: globs over the names that the credential reaches; empty: none.
        anonymous_read: what is public is for everyone, whatever the credential reaches.
    """

    account: int | None
    sees_all: bool
    names: tuple[str, ...]
    anonymous_read: bool


_NAMES = 500
"""Values in one IN list; databases limit the parameters of a statement."""
_UNTOLD: dict[str, None] = {"status": None, "status_reason": None, "status_by_admin": None}
"""Nobody has said how it stands."""

_KEY = ("repository_id", "ecosystem", "name")
_by_key = sa.select(project).where(
    project.c.repository_id == sa.bindparam("repository"),
    project.c.ecosystem == sa.bindparam("wanted_ecosystem"),
    project.c.name == sa.bindparam("wanted_name"),
)


def _project(row: sa.RowMapping) -> Project:
    return Project(
        id=row["id"],
        repository_id=row["repository_id"],
        key=ProjectKey(EcosystemId(row["ecosystem"]), row["name"]),
        display=row["display"],
        origin=Origin(row["origin"]),
        upstream_id=row["upstream_id"],
        visibility=row["visibility"],
        created=Instant(row["created"]),
        served=row["served"],
        status=None if row["status"] is None else ProjectStatus(row["status"], row["status_reason"] or ""),
        status_by_admin=bool(row["status_by_admin"]),
        publish_proof=PublishProof(row["publish_proof"]),
    )


def find(c: sa.Connection, repository_id: int, key: ProjectKey) -> Project | None:
    """The project of this name, or None if the repository never had it."""
    where = {"repository": repository_id, "wanted_ecosystem": key.ecosystem, "wanted_name": key.name}
    row = c.execute(_by_key, where).mappings().one_or_none()
    return None if row is None else _project(row)


def by_id(c: sa.Connection, project_id: int) -> Project:
    """The project that other rows point to."""
    return _project(c.execute(sa.select(project).where(project.c.id == project_id)).mappings().one())


def own_twin(c: sa.Connection, repository_id: int, key: ProjectKey, twin: str) -> Project | None:
    """The own project whose name is a twin of this one, None if there is none; the project itself is no twin."""
    wanted = sa.select(project).where(
        project.c.repository_id == repository_id,
        project.c.ecosystem == key.ecosystem,
        project.c.twin == twin,
        project.c.name != key.name,
        project.c.origin == Origin.OWN.value,
    )
    row = c.execute(wanted.limit(1)).mappings().one_or_none()
    return None if row is None else _project(row)


def of_twin(c: sa.Connection, repository_id: int, ecosystem: str, twin: str) -> tuple[Project, ...]:
    """Every project that shares this with its twins, in the order of their ids: what denials of one name reach."""
    wanted = sa.select(project).where(
        project.c.repository_id == repository_id, project.c.ecosystem == ecosystem, project.c.twin == twin
    )
    return tuple(_project(row) for row in c.execute(wanted.order_by(project.c.id)).mappings())


def own_among(
    c: sa.Connection, repository_id: int, ecosystem: str, names: Sequence[str], account_id: int | None
) -> dict[str, Standing]:
    """Which of these names are own projects, and what the account is to each."""
    found: dict[str, Standing] = {}
    mine = sa.and_(membership.c.project_id == project.c.id, membership.c.account_id == account_id)
    standing = sa.select(project.c.name, project.c.visibility, membership.c.role).outerjoin(membership, mine)
    for start in range(0, len(names), _NAMES):
        wanted = standing.where(
            project.c.repository_id == repository_id,
            project.c.ecosystem == ecosystem,
            project.c.origin == Origin.OWN.value,
            project.c.name.in_(names[start : start + _NAMES]),
        )
        found.update({row.name: Standing(row.visibility, row.role) for row in c.execute(wanted)})
    return found


def origins_of_twins(c: sa.Connection, repository_id: int, ecosystem: str, twins: Sequence[str]) -> dict[str, Origin]:
    """Of what names share with their twins: whose projects those are, ours if one of them is."""
    found: dict[str, Origin] = {}
    for start in range(0, len(twins), _NAMES):
        wanted = sa.select(project.c.twin, project.c.origin).where(
            project.c.repository_id == repository_id,
            project.c.ecosystem == ecosystem,
            project.c.twin.in_(twins[start : start + _NAMES]),
        )
        for row in c.execute(wanted):
            if found.get(row.twin) is not Origin.OWN:
                found[row.twin] = Origin(row.origin)
    return found


def keys_of_twins(c: sa.Connection, repository_id: int, ecosystem: str, twins: Sequence[str]) -> list[ProjectKey]:
    """The projects whose names share one of these with their twins; an import of advisories names thousands."""
    found: list[ProjectKey] = []
    for start in range(0, len(twins), _NAMES):
        wanted = sa.select(project.c.name).where(
            project.c.repository_id == repository_id,
            project.c.ecosystem == ecosystem,
            project.c.twin.in_(twins[start : start + _NAMES]),
        )
        found.extend(ProjectKey(EcosystemId(ecosystem), row.name) for row in c.execute(wanted))
    return found


def create(
    c: sa.Connection,
    repository_id: int,
    key: ProjectKey,
    display: str,
    origin: Origin,
    upstream_id: int | None,
    visibility: str,
    now: Instant,
    twin: str,
) -> Project:
    """Create the project; one that exists already is returned unchanged, its origin is sticky.

    Args:
        twin: what its name shares with others that may not exist beside it.
    """
    row = insert(c, project).values(
        repository_id=repository_id,
        ecosystem=key.ecosystem,
        name=key.name,
        display=display,
        twin=twin,
        origin=origin.value,
        upstream_id=upstream_id,
        visibility=visibility,
        created=now,
    )
    c.execute(row.on_conflict_do_nothing(index_elements=_KEY))
    name_forms.remember(c, repository_id, key.ecosystem, (key.name,))
    found = find(c, repository_id, key)
    assert found is not None
    return found


def make_own(c: sa.Connection, project_id: int, display: str) -> None:
    """Take a name over from the upstream it stuck to; only a decision that allowed it may lead here.

    From now on it is written as its own first release writes it.

    The upstream's files under that name are ours no more: own and foreign files never stand together.
    """
    own = {"origin": Origin.OWN.value, "upstream_id": None, "visibility": "members", "display": display, **_UNTOLD}
    c.execute(project.update().where(project.c.id == project_id).values(own))
    theirs = sa.select(file.c.id).where(file.c.project_id == project_id, file.c.release_id.is_(None))
    c.execute(manifest.delete().where(manifest.c.file_id.in_(theirs)))
    c.execute(file.delete().where(file.c.project_id == project_id, file.c.release_id.is_(None)))


def note_founder(c: sa.Connection, project_id: int, account_id: int, now: Instant) -> None:
    """Remember which account made an own project."""
    c.execute(project.update().where(project.c.id == project_id).values(founder_id=account_id, founded=now))


def founded_since(c: sa.Connection, account_id: int, since: Instant) -> tuple[Instant, ...]:
    """When an account made projects after that, in order, in all repositories."""
    wanted = sa.select(project.c.founded).where(project.c.founder_id == account_id, project.c.founded > since)
    return tuple(Instant(at) for at in c.execute(wanted.order_by(project.c.founded)).scalars())


def bind(c: sa.Connection, project_id: int, upstream_id: int) -> None:
    """Let a project stick to another upstream from now on."""
    c.execute(project.update().where(project.c.id == project_id).values(upstream_id=upstream_id))


def mark_served(c: sa.Connection, project_id: int, now: Instant) -> None:
    """Record that a file of it was served; only the first time counts."""
    c.execute(project.update().where(project.c.id == project_id, project.c.served.is_(None)).values(served=now))


def set_display(c: sa.Connection, project_id: int, display: str) -> None:
    """Write a name as its upstream has it."""
    c.execute(project.update().where(project.c.id == project_id).values(display=display))


def set_visibility(c: sa.Connection, project_id: int, visibility: str) -> None:
    """Set who may read an own project: `members` or `public`."""
    c.execute(project.update().where(project.c.id == project_id).values(visibility=visibility))


def set_status(c: sa.Connection, project_id: int, status: ProjectStatus, *, by_admin: bool = False) -> None:
    """Note how a project stands, by its owner's, an administrator's or its index's word."""
    said = {"status": status.marker, "status_reason": status.reason or None, "status_by_admin": by_admin}
    c.execute(project.update().where(project.c.id == project_id).values(said))


def set_publish_proof(c: sa.Connection, project_id: int, proof: PublishProof) -> None:
    """Set of whom a one-time code is demanded with every publish."""
    c.execute(project.update().where(project.c.id == project_id).values(publish_proof=proof.value))


def role_of(c: sa.Connection, project_id: int, account_id: int) -> str | None:
    """The account's role in the project, None if it has none."""
    wanted = sa.select(membership.c.role).where(
        membership.c.project_id == project_id, membership.c.account_id == account_id
    )
    role: str | None = c.execute(wanted).scalar_one_or_none()
    return role


def set_role(c: sa.Connection, project_id: int, account_id: int, role: str | None) -> None:
    """Give the account this role in the project in place of any other; None takes it away."""
    if role is None:
        c.execute(
            membership.delete().where(membership.c.project_id == project_id, membership.c.account_id == account_id)
        )
        return
    row = insert(c, membership).values(project_id=project_id, account_id=account_id, role=role)
    c.execute(row.on_conflict_do_update(index_elements=["project_id", "account_id"], set_={"role": role}))


def members(c: sa.Connection, project_id: int) -> tuple[Member, ...]:
    """Everyone with a role in the project, by name."""
    rows = (
        sa.select(membership.c.account_id, account.c.name, membership.c.role)
        .join(account, account.c.id == membership.c.account_id)
        .where(membership.c.project_id == project_id)
    )
    return many(c.execute(rows.order_by(account.c.name)), Member)


def projects_of(
    c: sa.Connection,
    repository_id: int,
    origin: Origin | None = None,
    ecosystem: str | None = None,
    limit: int = 100,
    after: int = 0,
) -> tuple[Project, ...]:
    """One page of a repository's projects in the order of their ids; `after` is the last id of the page before."""
    wanted = sa.select(project).where(project.c.repository_id == repository_id, project.c.id > after)
    if origin is not None:
        wanted = wanted.where(project.c.origin == origin.value)
    if ecosystem is not None:
        wanted = wanted.where(project.c.ecosystem == ecosystem)
    rows = c.execute(wanted.order_by(project.c.id).limit(limit)).mappings()
    return tuple(_project(row) for row in rows)


def named_like(
    c: sa.Connection, repository_id: int, ecosystem: str, text: str, reader: Reader, limit: int
) -> tuple[tuple[Project, ...], int]:
    """Projects of an ecosystem whose canonical name contains every word of the text and of which the reader may know.

    Of an upstream's projects those that were served here. The name itself comes first, then own projects, then the
    shortest names, which are the nearest to what was typed. No row of any other project is looked at.

    Returns:
        The first of them, and how many there are in all.
    """
    wanted = sa.and_(
        project.c.repository_id == repository_id,
        project.c.ecosystem == ecosystem,
        *(project.c.name.icontains(word, autoescape=True) for word in text.split()),
        _known_to(c, reader),
    )
    first = sa.select(project).where(wanted).order_by(project.c.name != text, project.c.origin != Origin.OWN.value)
    rows = c.execute(first.order_by(sa.func.length(project.c.name), project.c.name).limit(limit)).mappings()
    total = c.execute(sa.select(sa.func.count()).select_from(project).where(wanted)).scalar_one()
    return tuple(_project(row) for row in rows), total


def of_member(
    c: sa.Connection, repository_id: int, ecosystem: str, account_id: int, reader: Reader, limit: int
) -> dict[str, str]:
    """Canonical name to role, for the own projects that an account has a role in and the reader may know of."""
    wanted = (
        sa.select(project.c.name, membership.c.role)
        .join(membership, membership.c.project_id == project.c.id)
        .where(
            project.c.repository_id == repository_id,
            project.c.ecosystem == ecosystem,
            project.c.origin == Origin.OWN.value,
            membership.c.account_id == account_id,
            _known_to(c, reader),
        )
    )
    return {row.name: row.role for row in c.execute(wanted.order_by(project.c.name).limit(limit))}


def own_names(c: sa.Connection, repository_id: int, ecosystem: str, reader: Reader) -> tuple[str, ...]:
    """How the own projects of an ecosystem are written of which the reader may know, by canonical name."""
    wanted = sa.select(project.c.display).where(
        project.c.repository_id == repository_id,
        project.c.ecosystem == ecosystem,
        project.c.origin == Origin.OWN.value,
        _known_to(c, reader),
    )
    return tuple(c.execute(wanted.order_by(project.c.name)).scalars())


def _known_to(c: sa.Connection, reader: Reader) -> sa.ColumnElement[bool]:
    own = project.c.origin == Origin.OWN.value
    public = sa.or_(sa.and_(own, project.c.visibility == "public"), sa.and_(~own, project.c.served.is_not(None)))
    roles = sa.select(membership.c.project_id).where(membership.c.account_id == reader.account)
    private = sa.and_(own, sa.true() if reader.sees_all else project.c.id.in_(roles))
    reached = sa.or_(sa.false(), *(matches_glob(c, project.c.name, glob) for glob in reader.names))
    return sa.or_(sa.and_(private, reached), public if reader.anonymous_read else sa.and_(public, reached))
