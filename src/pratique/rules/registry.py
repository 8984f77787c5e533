"""The table of rules. A new rule is one file and one line here."""

from __future__ import annotations

from pratique.rules import (
    agent_new_name,
    allowlist,
    cooldown,
    denylist,
    digest_mismatch,
    gone_upstream,
    known_malware,
    quarantined,
    reserved_name,
    revoked,
    scan_result,
    shadows_public,
    similar_name,
    under_review,
    unpublished,
)
from pratique.rules.contract import Rule, rule_of

RULES: tuple[Rule, ...] = tuple(
    rule_of(module)
    for module in (
        revoked,
        known_malware,
        quarantined,
        digest_mismatch,
        reserved_name,
        shadows_public,
        denylist,
        allowlist,
        agent_new_name,
        similar_name,
        under_review,
        scan_result,
        cooldown,
        gone_upstream,
        unpublished,
    )
)
"""All rules; of two votes equally strict the one whose rule stands first here speaks."""

TWO_PEOPLE: frozenset[str] = frozenset({revoked.NAME, known_malware.NAME, digest_mismatch.NAME})
"""Rules whose votes only two people together may waive (SECURITY)."""


def rule_named(name: str, rules: tuple[Rule, ...] = RULES) -> Rule | None:
    """The rule of this name, or None."""
    return next((rule for rule in rules if rule.name == name), None)
