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
    read_batch,
    read_page_token,
    read_query,
)
from pratique.core.actors import Actor, Operation
from pratique.core.clock import Instant, to_iso
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import Invalid, InvalidName, NotFound
from pratique.services.advisories.known_ecosystems import check_known
from pratique.services.advisories.public_records import public_records
from pratique.services.advisories.questions import PORTION, asker_of
from pratique.services.advisories.tell_advisories import MAX_TOLD, Effort, find_hits
from pratique.services.ports import Ports, Visit
from pratique.services.purls import parse_purl
from pratique.store import advisories, advisory_records
from pratique.store.advisories import StoredAdvisory
from pratique.store.repositories import Repository
from pratique.trust.permissions import authorise

Found = dict[str, tuple[StoredAdvisory, ...]]
"""Records by canonical name."""

Page = tuple[tuple[StoredAdvisory, ...], str]
"""Records, and the token of the next page; empty where there is none."""


class Asking(msgspec.Struct, frozen=True):
    """Who asks, from which address, and where."""

    actor: Actor
    address: str
    repository: Repository


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


_BESIDE_ID = 48
"""Characters of a record that is named, beside its id."""


async def answer_query(ports: Ports, asking: Asking, body: bytes) -> bytes:
    """Whole records about one package, as JSON.

    Raises:
        NothingKnown: there is none, and no vulnerability of its ecosystem is on record here.
        Invalid: no question, no package, one that says two things, or of an ecosystem without advisories here.
        TooManyAtOnce: the asker, or everybody, asks too much at once.
        Unauthorised, Forbidden: the actor may not read here.
    """
    questions = ports.questions
    async with questions.slot(asker_of(asking.actor, asking.address)):
        question = read_question(ports.ecosystems, await questions.run(read_query, body))
        found = await _records(ports, asking, [question])
        page, following = await questions.run(_page, ports, question, found, Effort())
        if not page and not question.after:
            await check_known(ports, (ports.ecosystems[question.ecosystem],))
        whole: list[msgspec.Raw] = []
        for start in range(0, len(page), PORTION):
            if sum(map(_length, whole)) > MAX_TOLD:
                following = page_token(page[start - 1].id)
                break
            ids = [row.id for row in page[start : start + PORTION]]
            kept, rows = await ports.db.read(_stored, ids)
            whole += await questions.run(_whole, ports, ids, kept, rows)
        return await questions.run(msgspec.json.encode, _said(whole, following))


async def answer_batch(ports: Ports, asking: Asking, body: bytes) -> bytes:
    """Ids and times of change of records about many packages, as JSON.

    Raises as `answer_query`, and TooLarge. What is found about any of them is told, though another may be of an
    ecosystem of which nothing is known: the asker has something to look at then.
    """
    questions = ports.questions
    async with questions.slot(asker_of(asking.actor, asking.address)):
        asked = await questions.run(_read_questions, ports, body)
        found = await _records(ports, asking, asked)
        pages = await questions.run(_pages, ports, asked, found)
        if not any(rows for rows, _after in pages):
            wanted = sorted({one.ecosystem for one in asked if not one.after})
            await check_known(ports, [ports.ecosystems[one] for one in wanted])
        return await questions.run(_results, pages)


def _read_questions(ports: Ports, body: bytes) -> list[Question]:
    return [read_question(ports.ecosystems, one) for one in read_batch(body)]


def _pages(ports: Ports, asked: Sequence[Question], found: Mapping[str, Found]) -> list[Page]:
    effort = Effort()
    return [_page(ports, question, found, effort) for question in asked]


def _results(pages: Sequence[Page]) -> bytes:
    return msgspec.json.encode({"results": [_said([_named(row) for row in rows], after) for rows, after in pages]})


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
        return _whole(ports, [record], *_stored(connection, [record]))[0]

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


async def _records(ports: Ports, asking: Asking, questions: Sequence[Question]) -> dict[str, Found]:
    """By ecosystem, read in portions, so that other readers get their turn between them."""
    now = ports.clock.now()
    _permit(asking.actor, asking.repository, now)
    names: dict[str, dict[str, None]] = {}
    for one in questions:
        if one.name is not None:
            names.setdefault(one.ecosystem, {})[one.name] = None
    found: dict[str, Found] = {}
    for ecosystem, wanted in names.items():
        visit = Visit(asking.actor, asking.repository, ports.ecosystems[ecosystem], ports.public_url)
        some, of_this = tuple(wanted), found.setdefault(ecosystem, {})
        for start in range(0, len(some), PORTION):
            of_this |= await ports.db.read(public_records, visit, some[start : start + PORTION], now)
    return found


def _page(ports: Ports, question: Question, found: Mapping[str, Found], effort: Effort) -> Page:
    """The records of one page. Raises TooLarge."""
    about = found.get(question.ecosystem, {}).get(question.name or "", ())
    effort.spend(len(about), 1)
    rows = tuple(one for one in about if one.id > question.after)
    if question.version:
        hits = find_hits(ports.ecosystems[question.ecosystem], rows, [question.version])
        rows = tuple(hit.record for hit in hits)
    effort.tell(sum(len(row.id) + _BESIDE_ID for row in rows[:PAGE]))
    return rows[:PAGE], page_token(rows[PAGE - 1].id) if len(rows) > PAGE else ""


def _length(record: msgspec.Raw) -> int:
    return memoryview(record).nbytes


def _said(vulns: Sequence[Any], following: str) -> dict[str, Any]:
    return {**({"vulns": vulns} if vulns else {}), **({"next_page_token": following} if following else {})}


def _named(row: StoredAdvisory) -> dict[str, str]:
    return {"id": row.id, "modified": to_iso(row.modified)}


def _stored(
    connection: Connection, records: Sequence[str]
) -> tuple[dict[str, bytes], dict[str, tuple[StoredAdvisory, ...]]]:
    """What is kept of each as its feed wrote it, and of the others all rows that were read from it."""
    kept = advisory_records.contents(connection, records)
    return kept, advisories.of_records(connection, [one for one in records if one not in kept])


def _whole(
    ports: Ports,
    records: Sequence[str],
    kept: Mapping[str, bytes],
    rows: Mapping[str, Sequence[StoredAdvisory]],
) -> list[msgspec.Raw]:
    """Each record as its feed wrote it; what is not kept so is made of its rows, if these are still here."""
    return [
        msgspec.Raw(original.unpack(kept[one]) if one in kept else msgspec.json.encode(_outline(ports, rows[one])))
        for one in records
        if one in kept or one in rows
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
