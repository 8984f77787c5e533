"""Say in a packument which versions policy keeps back, and why.

npm 11 takes the versions of `policyRestrictions` as candidates of last resort: it prefers every other
version that fits, and if only a restricted one does, it stops with E403 and prints `message`. Other clients
do not read the field. Source: npm-pick-manifest, lib/index.js; measured with npm 11.19.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pratique.core.artifacts import ProjectView
from pratique.core.decisions import Decision
from pratique.core.sentences import clean, refusal_line
from pratique.ecosystems.npm.hidden import is_hidden
from pratique.ecosystems.npm.names import tarball_name
from pratique.ecosystems.npm.versions import is_version, newest_first

MAX_SENTENCES = 8
MAX_NAMED = 8
MAX_LINES = 2 * MAX_SENTENCES
MAX_LINE = 600
_THE_SAME = " (the same goes for "


def restrictions(
    name: str,
    refused: Mapping[str, Decision],
    allowed: Sequence[str],
    explain_url: Callable[[str], str],
    upstream: Any,
) -> dict[str, Any] | None:
    """The `policyRestrictions` of a project, or None if nothing is kept back.

    Args:
        name: the project.
        refused: version to the decision that keeps it out of the listing.
        allowed: versions that are offered, newest first.
        explain_url: from a decision's id to its page.
        upstream: the field as an upstream of our own kind stated it; its sentence is passed on.

    Returns:
        `message` with one line for each reason, newest version first, and `versions` with a minimal
        manifest for each, without anything to download.
    """
    passed_on, message = _upstream_part(upstream, offered=frozenset(allowed) | refused.keys())
    kept_back = [*refused, *passed_on]
    if not kept_back:
        return None
    lines = _sentences(refused, allowed, explain_url) + ([message] if passed_on and message else [])
    return {"message": "\n".join(lines), "versions": {each: {"name": name, "version": each} for each in kept_back}}


def kept_back(view: ProjectView, filename: str) -> str | None:
    """The upstream's sentence about the version that a file name belongs to, None if it does not keep that one back."""
    offered = frozenset(file.version for file in view.files if not file.gone and not is_hidden(file.raw))
    versions, message = _upstream_part(view.raw.get("policyRestrictions"), offered)
    version = next((each for each in versions if tarball_name(view.key.name, each) == filename), None)
    if version is None:
        return None
    subject = f"{view.key.name}@{version}"
    lines = [line for line in message.splitlines() if f" {subject} " in line]
    lines += [line for line in message.splitlines() if version in line.partition(_THE_SAME)[2].rstrip(")").split(", ")]
    said = lines[0].partition(_THE_SAME)[0] if lines else ""
    return said or f"Blocked by policy of the upstream: {subject}; do not retry or substitute"


def _sentences(refused: Mapping[str, Decision], allowed: Sequence[str], explain_url: Callable[[str], str]) -> list[str]:
    groups: dict[tuple[str, str], list[str]] = {}
    for version in newest_first(list(refused)):
        vote = refused[version].vote
        groups.setdefault((vote.rule, vote.why) if vote else ("", ""), []).append(version)
    lines = []
    for group in list(groups.values())[:MAX_SENTENCES]:
        decision = refused[group[0]]
        lines.append(refusal_line(decision, allowed, explain_url(decision.id)) + _also(group[1:]))
    left = sum(len(group) for group in list(groups.values())[MAX_SENTENCES:])
    return [*lines, f"{left} more versions are refused for other reasons."] if left else lines


def _also(others: list[str]) -> str:
    if not others:
        return ""
    more = f" and {len(others) - MAX_NAMED} more" if len(others) > MAX_NAMED else ""
    return f"{_THE_SAME}{', '.join(others[:MAX_NAMED])}{more})"


def _upstream_part(upstream: Any, offered: frozenset[str]) -> tuple[list[str], str]:
    """Versions and message of an upstream's own restrictions, as far as they have the known form."""
    if not isinstance(upstream, dict) or not isinstance(upstream.get("versions"), dict):
        return [], ""
    message = upstream.get("message")
    lines = message.splitlines()[:MAX_LINES] if isinstance(message, str) else []
    kept_back = [version for version in upstream["versions"] if version not in offered and is_version(version)]
    return kept_back, "\n".join(clean(line)[:MAX_LINE] for line in lines if line.strip())
