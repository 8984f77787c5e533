"""How rules are set: the settings of a fresh install, and reading stored ones."""

from __future__ import annotations

import re

import msgspec

from pratique.core.clock import DAY, Instant
from pratique.core.decisions import Mode, RuleSetting
from pratique.core.errors import Invalid
from pratique.rules.contract import Options, Rule
from pratique.rules.registry import RULES

TRIAL = 7 * DAY
"""How long a rule that starts in dry-run watches before its result is put to the admin."""


def fresh_settings(now: Instant, rules: tuple[Rule, ...] = RULES) -> tuple[RuleSetting, ...]:
    """The settings a new repository starts with.

    Source: README, "What it refuses by default".
    """
    return tuple(
        RuleSetting(rule.name, rule.starts, until=Instant(now + TRIAL) if rule.starts is Mode.DRY_RUN else None)
        for rule in rules
    )


def strict_settings(rules: tuple[Rule, ...] = RULES) -> tuple[RuleSetting, ...]:
    """The settings of a repository started with `--enforce`: every rule counts from the first request."""
    return tuple(RuleSetting(rule.name, Mode.ENFORCE) for rule in rules)


def asks_for_an_answer(setting: RuleSetting, now: Instant) -> bool:
    """Whether a dry-run has run its time, and somebody must say whether it shall count now.

    It stays a dry-run until answered: nothing that worked yesterday breaks because nobody looked.
    """
    return setting.mode is Mode.DRY_RUN and setting.until is not None and now >= setting.until


def read_options(rule: Rule, options: dict[str, object]) -> Options:
    """A rule's own settings, checked.

    Raises:
        Invalid: an unknown key or a value that cannot be; the sentence names it and what is accepted.
    """
    known = rule.options.__struct_fields__
    unknown = sorted(set(options) - set(known))
    if unknown:
        accepted = f"it has {', '.join(known)}" if known else "it has none"
        raise Invalid(f'rule {rule.name} has no option "{unknown[0]}"; {accepted}')
    try:
        return msgspec.convert(options, rule.options)
    except msgspec.ValidationError as error:
        raise Invalid(f"rule {rule.name}, {_in_words(str(error))}") from None


_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "null": "nothing",
}
_EXPECTED = re.compile(r"Expected `(\w+)`((?: of length)? [<>]=? -?\d+| matching regex .+)?(?:, got `(\w+)`)?")


def _in_words(sentence: str) -> str:
    """The converter's sentence in ours: which option, what it needs, and what it got."""
    what, _, place = sentence.partition(" - at `$.")
    found = _EXPECTED.fullmatch(what)
    if found is not None:
        given = f", not {_kind(found[3])}" if found[3] else ""
        what = f"it needs {_kind(found[1])}{found[2] or ''}{given}"
    what = what.replace("Invalid enum value", "it does not take")
    return f"option {place.removesuffix('`')}: {what}"


def _kind(word: str) -> str:
    return _KINDS.get(word, word)
