"""`pratique deprecate`, `unpublish`: what publishers do to a release after publishing."""

from __future__ import annotations

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import say
from pratique.services.publishing.deprecate import Deprecate
from pratique.services.publishing.unpublish import Unpublish
from pratique.services.verbs import table


def deprecate(purl: str, *, message: str, repository: str = "main", where: Where = HERE) -> None:
    """Say something to whoever installs an own release; what is served stays the same.

    Args:
        purl: `pkg:npm/ours@1.0.0`, or without a version for all releases there are.
        message: an empty one takes back what was said.
        repository: where.
        where: data folder or server.
    """
    done = ask(table.DEPRECATE, Deprecate(purl, message, repository), where)
    if done:
        versions = ", ".join(done.changed)
        now = f'now says "{done.message}"' if done.message else "now says nothing"
        say(f"{done.purl} {now}" + (f": {versions}" if versions else ", as it did before"))


def unpublish(purl: str, *, repository: str = "main", where: Where = HERE) -> None:
    """Take an own release away for good: nobody gets it any more, and its version is never used again.

    Args:
        purl: `pkg:npm/ours@1.0.0`, or without a version for all releases there are.
        repository: where.
        where: data folder or server.
    """
    done = ask(table.UNPUBLISH, Unpublish(purl, repository), where)
    if done:
        say(f"{done.purl} is unpublished: {', '.join(done.versions)}")
