"""Which names there are, found by their forms: those published or seen here, and those of imported lists.

A form is kept as 63 bits of its BLAKE2 digest, so a look-up may bring a name that has it not; who asks compares.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from hashlib import blake2b

import sqlalchemy as sa

from pratique.naming.keys import keys, spell
from pratique.store.dialects import insert
from pratique.store.schema import name_form, project

EVERYWHERE = 0
"""Stands for all repositories where a place wants one."""

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


def find(c: sa.Connection, repository_id: int, ecosystem: str, forms: Sequence[str]) -> tuple[str, ...]:
    """Names with one of these forms that the repository or everybody knows, at most `MOST_FOUND` of each."""
    found: dict[str, None] = {}
    # Each form by itself: however many names have one of them, they hide none that has another.
    for place, form in itertools.product((repository_id, EVERYWHERE), dict.fromkeys(map(_digest, forms))):
        wanted = sa.select(name_form.c.name).where(
            name_form.c.place == place, name_form.c.ecosystem == ecosystem, name_form.c.form == form
        )
        found |= dict.fromkeys(c.execute(wanted.order_by(name_form.c.name).limit(MOST_FOUND)).scalars())
    return tuple(found)


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
