"""Words that people put before or behind a name to say what it is for, which change nothing for a hurried reader."""

from __future__ import annotations

from pratique.naming.keys import Spelled

LANGUAGE = {
    "npm": ("node", "js", "npm", "ts", "nodejs"),
    "pypi": ("python", "py", "python3", "pip", "py3"),
    "cargo": ("rust", "rs", "cargo", "crate"),
    "maven": ("java", "jar", "kotlin"),
    "rubygems": ("ruby", "rb", "gem", "rails"),
    "nuget": ("net", "dotnet", "csharp", "core"),
}
"""Words for the ecosystem itself: `node-spdy`, `request.js`. Also written without a delimiter."""

GENERIC = frozenset(
    [
        "ai",
        "api",
        "app",
        "apps",
        "async",
        "base",
        "beta",
        "bin",
        "build",
        "bundle",
        "cli",
        "client",
        "clients",
        "common",
        "compat",
        "config",
        "core",
        "cors",
        "dev",
        "dist",
        "ext",
        "extra",
        "extras",
        "fix",
        "free",
        "helper",
        "helpers",
        "http",
        "kit",
        "latest",
        "legacy",
        "lib",
        "libs",
        "lite",
        "loader",
        "main",
        "master",
        "module",
        "new",
        "next",
        "official",
        "package",
        "pkg",
        "plugin",
        "plus",
        "pro",
        "prod",
        "release",
        "sdk",
        "secure",
        "server",
        "service",
        "services",
        "simple",
        "stable",
        "sync",
        "sys",
        "test",
        "tests",
        "tool",
        "tools",
        "updated",
        "util",
        "utils",
        "v1",
        "v2",
        "v3",
        "web",
        "wrapper",
        "x",
    ]
)
"""Words that could follow any name."""


def stem(ecosystem: str, bare: str) -> str:
    """A skeleton without one word for the ecosystem at an end; the whole one where none stands there."""
    return next((rest for rest, _ in without(ecosystem, bare)), bare)


def may_stand(ecosystem: str, spelled: Spelled) -> bool:
    """Whether a name has a word at an end that may be one of these, or a digit; a quick answer for most names."""
    bare, words = spelled.skeleton, spelled.words
    if bare[-1:].isdigit() or bare.startswith(LANGUAGE[ecosystem]) or bare.endswith(LANGUAGE[ecosystem]):
        return True
    return len(words) > 1 and (words[-1] in GENERIC or words[0] in GENERIC)


def without(ecosystem: str, bare: str) -> list[tuple[str, str]]:
    """What is left of a skeleton without a word for the ecosystem before or behind it, and that word."""
    found = []
    words = LANGUAGE[ecosystem]
    if bare.startswith(words):
        found += [(bare[len(word) :], word) for word in words if bare.startswith(word)]
    if bare.endswith(words):
        found += [(bare[: -len(word)], word) for word in words if bare.endswith(word)]
    return [(rest, word) for rest, word in found if len(rest) >= 3]
