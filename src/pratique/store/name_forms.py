"""Which names there are, found by their forms: those published or seen here, and those of imported lists.

A form is kept as 63 bits of its BLAKE2 digest, so a look-up may bring a name that has it not; who asks compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa

from pratique.naming.keys import keys, spell
from pratique.store.dialects import insert
from pratique.store.schema import membership, name_form, project, ranked_name

EVERYWHERE = 0
"""Stands for all repositories where a place wants one."""

_OWNING = ("owner", "maintainer")

MOST_FOUND = 200
"""Names brought of each form, of each place."""


def remember(c: sa.Connection, place: int, ecosystem: str, names: Iterable[str]) -> int:
    """Keep the forms of canonical names; how many of them were new. What is kept already is not written again.

    Args:
        place: the repository that knows them, or EVERYWHERE.
    """
    first, others = [], []
    for name in dict.fromkeys(names):
        one, *more = sorted(_digest(form) for form in keys(spell(ecosystem, name)))
        first.append({"place": place, "ecosystem": ecosystem, "form": one, "name": name})
        others += [{"place": place, "ecosystem": ecosystem, "form": form, "name": name} for form in more]
    kept = insert(c, name_form).on_conflict_do_nothing()
    # Told by what comes back: of many rows at once, the drivers do not say how many there were.
    new = len(c.execute(kept.returning(name_form.c.name), first).all()) if first else 0
    if others:
        c.execute(kept, others)
    return new


def find(
    c: sa.Connection, repository_id: int, ecosystem: str, forms: Sequence[str], account_id: int | None = None
) -> tuple[str, ...]:
    """Names with one of these forms that the repository or everybody knows, at most `MOST_FOUND` of each.

    Of very many the oldest projects are brought, and of imported lists the most popular: whoever adds names hides none.

    Args:
        c: the transaction.
        repository_id: whose names.
        ecosystem: of the names.
        forms: as `naming.keys` makes them.
        account_id: whoever asks; names of projects of its own are left out, as nobody is held for his own.
    """
    found: dict[str, None] = {}
    # Each form by itself: however many names have one of them, they hide none that has another.
    for form in dict.fromkeys(map(_digest, forms)):
        for wanted in (_here(repository_id, ecosystem, form, account_id), _everywhere(ecosystem, form)):
            found |= dict.fromkeys(c.execute(wanted.limit(MOST_FOUND)).scalars())
    return tuple(found)


def _of(place: int, ecosystem: str, form: int) -> sa.Select[Any]:
    mine = (name_form.c.place == place, name_form.c.ecosystem == ecosystem, name_form.c.form == form)
    return sa.select(name_form.c.name).where(*mine)


def _here(repository_id: int, ecosystem: str, form: int, account_id: int | None) -> sa.Select[Any]:
    same = (
        project.c.repository_id == repository_id,
        project.c.ecosystem == ecosystem,
        project.c.name == name_form.c.name,
    )
    wanted = _of(repository_id, ecosystem, form).outerjoin(project, sa.and_(*same))
    if account_id is not None:
        own = (membership.c.project_id == project.c.id, membership.c.account_id == account_id)
        wanted = wanted.where(~sa.exists().where(*own, membership.c.role.in_(_OWNING)))
    return wanted.order_by(project.c.id.is_(None), project.c.id, name_form.c.name)


def _everywhere(ecosystem: str, form: int) -> sa.Select[Any]:
    ranked = (ranked_name.c.ecosystem == ecosystem, ranked_name.c.name == name_form.c.name)
    wanted = _of(EVERYWHERE, ecosystem, form).outerjoin(ranked_name, sa.and_(*ranked))
    return wanted.order_by(ranked_name.c.place.is_(None), ranked_name.c.place, name_form.c.name)


def remember_projects(c: sa.Connection) -> None:
    """Keep the forms of all projects, if there are none yet: they were here before forms were kept."""
    if c.execute(sa.select(name_form.c.name).where(name_form.c.place != EVERYWHERE).limit(1)).first() is not None:
        return
    names: dict[tuple[int, str], list[str]] = {}
    for row in c.execute(sa.select(project.c.repository_id, project.c.ecosystem, project.c.name)):
        names.setdefault((row.repository_id, row.ecosystem), []).append(row.name)
    for (place, ecosystem), some in names.items():
        remember(c, place, ecosystem, some)


def _digest(form: str) -> int:
    whole = blake2b(form.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(whole, "big") >> 1
