"""Answer the OSV API from imported records, so that its clients need no other service.

What is asked stays here: no upstream hears of it, and nothing of it is written down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from pratique.advisories import original
from pratique.advisories.osv_api import (
    PAGE,
    Asked,
    KnownPackage,
    outline,
    page_token,
    read_page_token,
)
from pratique.core.actors import Actor, Operation
from pratique.core.clock import Instant, to_iso
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import Invalid, InvalidName, NotFound
from pratique.services.ports import Ports, Visit
from pratique.services.public_records import public_records
from pratique.services.purls import parse_purl
from pratique.services.tell_advisories import find_hits
from pratique.store import advisories, advisory_records
from pratique.store.advisories import StoredAdvisory
from pratique.store.repositories import Repository
from pratique.trust.permissions import authorise

Found = dict[str, tuple[StoredAdvisory, ...]]
"""Records by canonical name."""


class Question(msgspec.Struct, frozen=True):
    """A query whose ecosystem is known here.

    Attributes:
        name: canonical; None for what can be no name there, of which nothing is known.
        version: as asked; empty for all.
        after: the record behind which the page begins.
    """

    ecosystem: str
    name: str | None
    version: str
    after: str


async def answer_query(ports: Ports, actor: Actor, repository: Repository, asked: Asked) -> dict[str, Any]:
    """Whole records about one package.

    Raises:
        Invalid: no package, one that says two things, or of an ecosystem without advisories here.
        Unauthorised, Forbidden: the actor may not read here.
    """
    question = read_question(ports.ecosystems, asked)

    def answer(connection: Connection) -> dict[str, Any]:
        found = _records(connection, ports, actor, repository, [question])
        page, following = _page(ports, question, found)
        return _said(_whole(connection, ports, [row.id for row in page]), following)

    return await ports.db.read(answer)


async def answer_batch(ports: Ports, actor: Actor, repository: Repository, asked: Sequence[Asked]) -> dict[str, Any]:
    """Ids and times of change of records about many packages. Raises as `answer_query`."""
    questions = [read_question(ports.ecosystems, one) for one in asked]

    def answer(connection: Connection) -> dict[str, Any]:
        found = _records(connection, ports, actor, repository, questions)
        pages = (_page(ports, question, found) for question in questions)
        return {"results": [_said([_named(row) for row in rows], following) for rows, following in pages]}

    return await ports.db.read(answer)


async def show_record(ports: Ports, actor: Actor, repository: Repository, record: str) -> msgspec.Raw:
    """One record whole, also a withdrawn one.

    Raises:
        NotFound: none of that id is here.
        Unauthorised, Forbidden: the actor may not read here.
    """
    _permit(actor, repository, ports.clock.now())

    def answer(connection: Connection) -> msgspec.Raw:
        if not advisories.of_records(connection, [record]):
            raise NotFound(f"there is no advisory {record[:128]} here, or it names no package of an ecosystem here")
        return _whole(connection, ports, [record])[0]

    return await ports.db.read(answer)


def read_question(ecosystems: Mapping[str, Ecosystem], asked: Asked) -> Question:
    """A query as far as it can be answered here. Raises Invalid."""
    if asked.commit:
        raise Invalid("commits are not known here, only released versions: ask with `package` and `version`")
    if asked.package is None or bool(asked.package.purl) == bool(asked.package.name):
        raise Invalid("a query names its package by `name` and `ecosystem`, or by `purl`")
    if asked.package.purl:
        return _of_purl(ecosystems, asked, asked.package.purl)
    wanted = asked.package.ecosystem.partition(":")[0].lower()
    ecosystem = next((one for one in ecosystems.values() if one.osv_name.lower() == wanted), None)
    return _question(ecosystems, ecosystem, asked, asked.package.ecosystem, asked.package.name, asked.version)


def _of_purl(ecosystems: Mapping[str, Ecosystem], asked: Asked, text: str) -> Question:
    purl = parse_purl(text)
    if purl.version and asked.version:
        raise Invalid("the version stands in the purl and beside it; write it once")
    name = f"{purl.namespace}/{purl.name}" if purl.namespace else purl.name
    return _question(ecosystems, ecosystems.get(purl.type), asked, purl.type, name, purl.version or asked.version)


def _question(
    ecosystems: Mapping[str, Ecosystem], ecosystem: Ecosystem | None, asked: Asked, said: str, name: str, version: str
) -> Question:
    if ecosystem is None:
        known = ", ".join(sorted(one.osv_name for one in ecosystems.values()))
        raise Invalid(f'"{said[:64]}" is not an ecosystem that advisories are known of here; those are {known}')
    try:
        canonical = ecosystem.canonical(name)
    except InvalidName:
        canonical = None
    return Question(ecosystem.id, canonical, version, read_page_token(asked.page_token))


def _permit(actor: Actor, repository: Repository, now: Instant) -> None:
    open_to_all = repository.anonymous_read
    authorise(actor, Operation.READ, None, role=None, visibility=None, anonymous_read=open_to_all, now=now)


def _records(
    connection: Connection, ports: Ports, actor: Actor, repository: Repository, questions: Sequence[Question]
) -> dict[str, Found]:
    """By ecosystem, in a number of queries that does not grow with the questions."""
    now = ports.clock.now()
    _permit(actor, repository, now)
    names: dict[str, dict[str, None]] = {}
    for one in questions:
        if one.name is not None:
            names.setdefault(one.ecosystem, {})[one.name] = None
    return {
        ecosystem: public_records(
            connection, Visit(actor, repository, ports.ecosystems[ecosystem], ports.public_url), tuple(some), now
        )
        for ecosystem, some in names.items()
    }


def _page(ports: Ports, question: Question, found: Mapping[str, Found]) -> tuple[tuple[StoredAdvisory, ...], str]:
    """The records of one page, and the token of the next; empty where there is none."""
    about = found.get(question.ecosystem, {}).get(question.name or "", ())
    rows = tuple(one for one in about if one.id > question.after)
    if question.version:
        hits = find_hits(ports.ecosystems[question.ecosystem], rows, [question.version])
        rows = tuple(hit.record for hit in hits)
    return rows[:PAGE], page_token(rows[PAGE - 1].id) if len(rows) > PAGE else ""


def _said(vulns: Sequence[Any], following: str) -> dict[str, Any]:
    return {**({"vulns": vulns} if vulns else {}), **({"next_page_token": following} if following else {})}


def _named(row: StoredAdvisory) -> dict[str, str]:
    return {"id": row.id, "modified": to_iso(row.modified)}


def _whole(connection: Connection, ports: Ports, records: Sequence[str]) -> list[msgspec.Raw]:
    """Each record as its feed wrote it; what is not kept so is made of all rows that were read from it."""
    kept = advisory_records.contents(connection, records)
    rows = advisories.of_records(connection, [one for one in records if one not in kept])
    return [
        msgspec.Raw(original.unpack(kept[one]) if one in kept else msgspec.json.encode(_outline(ports, rows[one])))
        for one in records
    ]


def _outline(ports: Ports, rows: Sequence[StoredAdvisory]) -> dict[str, Any]:
    first = rows[0]
    packages = tuple(
        KnownPackage(ports.ecosystems[row.ecosystem].osv_name, row.name, row.affected)
        for row in rows
        if row.ecosystem in ports.ecosystems
    )
    return outline(
        first.id,
        first.summary,
        first.severity,
        first.published,
        first.modified,
        packages,
        withdrawn=first.withdrawn,
    )
