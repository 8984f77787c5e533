"""A name out of the starter set: refused by name alone. Nothing under it is ever fetched."""

from __future__ import annotations

from pratique.advisories.starter import EVERY_VERSION, starter_records
from pratique.core.names import EcosystemId
from pratique.naming.popular import rank

WIRED = {"npm": (EcosystemId("npm"), str), "PyPI": (EcosystemId("pypi"), str.lower)}


def a_known_malicious(ecosystem: str) -> str:
    """A plain name whose every version is recorded as malware, and that is not popular."""
    for record in starter_records(WIRED):
        plain = record.name.isascii() and record.name.isalpha() and record.name.islower()
        every = record.affected == EVERY_VERSION
        if record.ecosystem == ecosystem and plain and every and rank(ecosystem, record.name) is None:
            return record.name
    raise AssertionError(f"the starter set has no such name of {ecosystem}")
