"""A small world of names for the tests."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from pratique.naming.corpus import Known
from pratique.naming.snapshot import Snapshot, build

POPULAR = {
    "npm": ("react", "lodash", "express", "cross-env", "body-parser", "@babel/core", "@azure/core-http", "request",
            "discord.js", "eslint", "@near-js/crypto", "react-tabs", "react-tags", "JSONStream", "@azure/arm-compute",
            "@azure/arm-network", "tabs-a", "tabs-b", "tabs-c", "tabs-d"),
    "pypi": ("requests", "numpy", "django", "python-dateutil", "beautifulsoup4", "openai", "flask"),
    "cargo": ("serde_json", "tokio", "lazy_static", "cfg-if"),
    "maven": ("org.springframework:spring-core", "com.google.guava:guava", "org.apache.commons:commons-lang3"),
    "rubygems": ("rest-client", "rails", "nokogiri", "RedCloth"),
    "nuget": ("newtonsoft.json", "serilog.sinks.console", "sixlabors.imagesharp", "microsoft.extensions.logging"),
}  # fmt: skip


@cache
def world(ecosystem: str, *others: str) -> Snapshot:
    """The popular names of an ecosystem, and others that exist."""
    return build(ecosystem, [Known(name) for name in POPULAR[ecosystem]], others)


def counted(ecosystem: str, downloads: Iterable[tuple[str, int]]) -> Snapshot:
    """Names with downloads a month."""
    return build(ecosystem, [Known(name, count) for name, count in downloads])
