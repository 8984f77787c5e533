"""What scans of artefacts found, and which artefacts are still to be scanned."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from pratique.core.artifacts import Origin
from pratique.core.clock import Instant
from pratique.core.names import EcosystemId, ProjectKey
from pratique.core.scans import ScanResult
from pratique.store.dialects import insert
from pratique.store.rows import many
from pratique.store.schema import blob, file, project, scan

_KEY = ("sha256", "ecosystem", "name")


class Artefact(msgspec.Struct, frozen=True):
    """Bytes as a file of a project: the same bytes in two projects are two artefacts."""

    sha256: str
    ecosystem: str
    name: str
    version: str
    filename: str

    @property
    def key(self) -> ProjectKey:
        """The project."""
        return ProjectKey(EcosystemId(self.ecosystem), self.name)


class StoredScan(msgspec.Struct, frozen=True):
    """One scan.

    Attributes:
        artefact: what was scanned.
        result: what it came to.
        findings: canonical JSON, the worst first.
        previous: sha256 of the release that it was compared with; None if none was stored, empty if none is to be had.
    """

    artefact: Artefact
    result: ScanResult
    findings: str
    previous: str | None = None


class Wanted(msgspec.Struct, frozen=True):
    """Which artefacts are to be scanned again.

    Attributes:
        rules: those that were not scanned with these.
        before: those that were last scanned before; None: however long ago. Either suffices.
        project: only those of one project.
        version: only those of one release of it.
    """

    rules: str
    before: Instant | None = None
    project: ProjectKey | None = None
    version: str | None = None


class Progress(msgspec.Struct, frozen=True):
    """How many artefacts are stored, and how many of them were scanned with the present rules."""

    stored: int
    current: int


def record(c: sa.Connection, one: StoredScan) -> None:
    """Keep a scan in the place of an earlier one of the same artefact."""
    result = one.result
    values = {
        **msgspec.structs.asdict(one.artefact),
        "rules": result.rules,
        "verdict": result.verdict.value,
        "score": result.score,
        "finished": result.finished,
        "previous": one.previous,
        "worst": msgspec.json.encode(result).decode(),
        "findings": one.findings,
        "at": result.at,
    }
    fresh = {name: value for name, value in values.items() if name not in _KEY}
    row = insert(c, scan).values(values)
    c.execute(row.on_conflict_do_update(index_elements=_KEY, set_=fresh))


def of_project(c: sa.Connection, key: ProjectKey) -> dict[str, ScanResult]:
    """What scans of a project's artefacts came to, by sha256."""
    mine = (scan.c.ecosystem == key.ecosystem, scan.c.name == key.name)
    rows = c.execute(sa.select(scan.c.sha256, scan.c.worst).where(*mine))
    return {row.sha256: msgspec.json.decode(row.worst, type=ScanResult) for row in rows}


def find(c: sa.Connection, key: ProjectKey, sha256: str) -> StoredScan | None:
    """The scan of one artefact, with all its findings."""
    mine = (scan.c.sha256 == sha256, scan.c.ecosystem == key.ecosystem, scan.c.name == key.name)
    row = c.execute(sa.select(scan).where(*mine)).mappings().one_or_none()
    return None if row is None else _read(row)


def of_release(c: sa.Connection, key: ProjectKey, version: str) -> tuple[StoredScan, ...]:
    """Scans of the artefacts of one release, with all their findings."""
    mine = (scan.c.ecosystem == key.ecosystem, scan.c.name == key.name, scan.c.version == version)
    rows = c.execute(sa.select(scan).where(*mine).order_by(scan.c.filename)).mappings()
    return tuple(_read(row) for row in rows)


def homes(c: sa.Connection, artefact: Artefact) -> tuple[tuple[int, Origin], ...]:
    """The repositories in which a project has this artefact, and whose it is there."""
    wanted = (
        sa.select(project.c.repository_id, project.c.origin)
        .where(project.c.ecosystem == artefact.ecosystem, project.c.name == artefact.name)
        .order_by(project.c.repository_id)
    )
    return tuple((row.repository_id, Origin(row.origin)) for row in c.execute(wanted))


def due(c: sa.Connection, wanted: Wanted, begin: str, end: str, most: int) -> tuple[Artefact, ...]:
    """Stored artefacts that are to be scanned, in the order of their sha256.

    Args:
        c: the transaction.
        wanted: which.
        begin: no sha256 below this, and not this one.
        end: none from here on; empty: to the last.
        most: so many at most, but always all artefacts of the same bytes.
    """
    asked = _stored(wanted).with_only_columns(file.c.sha256).where(file.c.sha256 > begin, _is_due(wanted))
    if end:
        asked = asked.where(file.c.sha256 < end)
    some = asked.distinct().order_by(file.c.sha256).limit(most).subquery()
    rows = _stored(wanted).where(file.c.sha256.in_(sa.select(some.c.sha256)), _is_due(wanted))
    return many(c.execute(rows.order_by(file.c.sha256, project.c.ecosystem, project.c.name)), Artefact)


def never_scanned(c: sa.Connection, since: Instant, repositories: tuple[int, ...], most: int) -> tuple[Artefact, ...]:
    """Upstreams' artefacts that are stored and were published since then, and never scanned; the newest first."""
    came = sa.func.coalesce(file.c.published, file.c.first_seen)
    asked = _stored(Wanted("")).where(
        scan.c.sha256.is_(None),
        project.c.origin == Origin.UPSTREAM.value,
        project.c.repository_id.in_(repositories),
        came > since,
    )
    return many(c.execute(asked.order_by(came.desc(), file.c.id).limit(most)), Artefact)


def uncompared(
    c: sa.Connection, since: Instant, repositories: tuple[int, ...], most: int
) -> tuple[tuple[int, Artefact], ...]:
    """Upstreams' artefacts published since then that were scanned without a release before, with their repository."""
    came = sa.func.coalesce(file.c.published, file.c.first_seen)
    asked = _stored(Wanted("")).add_columns(project.c.repository_id)
    asked = asked.where(
        scan.c.sha256.is_not(None),
        scan.c.previous.is_(None),
        project.c.origin == Origin.UPSTREAM.value,
        project.c.repository_id.in_(repositories),
        came > since,
    )
    rows = c.execute(asked.order_by(came.desc(), file.c.id).limit(most))
    return tuple((row[-1], Artefact(*row[:-1])) for row in rows)


def has_no_previous(c: sa.Connection, artefact: Artefact) -> None:
    """Note that there is nothing to compare it with."""
    mine = (scan.c.sha256 == artefact.sha256, scan.c.ecosystem == artefact.ecosystem, scan.c.name == artefact.name)
    c.execute(scan.update().where(*mine, scan.c.previous.is_(None)).values(previous=""))


def forget_comparisons(c: sa.Connection, key: ProjectKey, sha256: str) -> int:
    """Let every artefact of the project be due that was compared with this one; how many."""
    mine = (scan.c.ecosystem == key.ecosystem, scan.c.name == key.name, scan.c.previous == sha256)
    return c.execute(scan.update().where(*mine).values(rules="")).rowcount


def progress(c: sa.Connection, wanted: Wanted) -> Progress:
    """How far it has come."""
    whole = sa.select(sa.func.count()).select_from(_stored(wanted).distinct().subquery())
    left = sa.select(sa.func.count()).select_from(_stored(wanted).where(_is_due(wanted)).distinct().subquery())
    stored = c.execute(whole).scalar_one()
    return Progress(stored, stored - c.execute(left).scalar_one())


def _stored(wanted: Wanted) -> sa.Select[tuple[str, str, str, str, str]]:
    """Artefacts whose bytes are here."""
    mine = (scan.c.sha256 == file.c.sha256, scan.c.ecosystem == project.c.ecosystem, scan.c.name == project.c.name)
    columns = (file.c.sha256, project.c.ecosystem, project.c.name, file.c.version, file.c.filename)
    asked = (
        sa.select(*columns)
        .join(project, project.c.id == file.c.project_id)
        .join(blob, blob.c.sha256 == file.c.sha256)
        .outerjoin(scan, sa.and_(*mine))
        .where(blob.c.place.is_(None))
    )
    if wanted.project is not None:
        asked = asked.where(project.c.ecosystem == wanted.project.ecosystem, project.c.name == wanted.project.name)
    return asked if wanted.version is None else asked.where(file.c.version == wanted.version)


def _is_due(wanted: Wanted) -> sa.ColumnElement[bool]:
    conditions = [scan.c.sha256.is_(None), scan.c.rules != wanted.rules]
    if wanted.before is not None:
        conditions.append(scan.c.at < wanted.before)
    return sa.or_(*conditions)


def _read(row: sa.RowMapping) -> StoredScan:
    artefact = Artefact(row["sha256"], row["ecosystem"], row["name"], row["version"], row["filename"])
    result = msgspec.json.decode(row["worst"], type=ScanResult)
    return StoredScan(artefact, result, row["findings"], row["previous"])
