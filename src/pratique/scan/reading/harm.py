"""Whether a text may do any harm by what it names: what cannot is not read.

A thing that does no harm alone (a connection, a program that is started) does it with another: what is fetched is run,
what is secret is sent. So a text is read where the marks of both are in it, or of any word that tells by itself, or of
what may run beside what may be a layer. Nothing is left out by its size or place, and marks are no less than what
reading would find.
"""

from __future__ import annotations

from pratique.scan.reading import words
from pratique.scan.reading.encoded import may_hold_layer
from pratique.scan.reading.marks import COMMANDS
from pratique.scan.reading.python_worth import WORTH_PAIRS, has_odd_letters

_TELLING = frozenset(ability.value for _, ability in words.TABLE)
_RUNS = frozenset(("evaluates", "process", "native"))
_TAKES = frozenset(("environment", "environment_value", "system"))
_PAIRS = (
    (_RUNS, frozenset(("network", "decodes", COMMANDS))),
    (frozenset(("network", "sends", "resolves")), _TAKES),
)
_UNPACKS = _RUNS | {"decodes"}


def may_harm(text: str, groups: frozenset[str]) -> bool:
    """Whether a text of any language but Python may do harm.

    Args:
        text: as it will be read.
        groups: those that it has marks of.
    """
    return (
        not groups.isdisjoint(_TELLING)
        or any(not groups.isdisjoint(one) and not groups.isdisjoint(other) for one, other in _PAIRS)
        or (not groups.isdisjoint(_UNPACKS) and may_hold_layer(text))
    )


def python_may_harm(text: str, groups: frozenset[str]) -> bool:
    """The same of a Python module, which is read by its tree.

    What may run something is reason enough: what it runs may be put together in any way that no mark sees.
    """
    return any(one in groups and other in groups for one, other in WORTH_PAIRS) or has_odd_letters(text)
