"""Names that would mislead whoever took them: words of command lines, files and runtimes, and prefixes of vendors."""

from __future__ import annotations

from pratique.naming.keys import skeleton

_ANYWHERE = "install uninstall undefined null latest localhost help version update upgrade package packages"
_WORDS = {
    "npm": "node nodejs npm npx package-json package-lock package-lock-json node-modules npm-install npmrc "
    "tsconfig-json",
    "pypi": "python python2 python3 pip-install requirements requirements-txt requirement requirements-dev setup-py "
    "setup-cfg pyproject-toml pyproject pipfile pipfile-lock poetry-lock venv virtual-env pip3 cpython",
    "cargo": "rust cargo cargo-toml cargo-lock cargo-install crates-io",
    "maven": "",
    "rubygems": "ruby gemfile gemfile-lock bundle-install gem-install rubygem irb",
    "nuget": "dotnet nuget-config packages-config install-package csproj directory-build-props microsoft system",
}
RESERVED = {
    ecosystem: frozenset(skeleton(word) for word in f"{_ANYWHERE} {words}".split())
    for ecosystem, words in _WORDS.items()
}
"""By skeleton. People type them when a word is missing or one too many: `pip install -r requirements` without `-r`.
`requirements` was the target of a real campaign, and no list of popular names holds it."""

VENDORS = (
    "microsoft", "system", "windows", "azure", "awssdk", "amazon", "google", "newtonsoft", "entityframework", "xamarin",
    "nuget", "mstest", "fsharp", "aspire", "communitytoolkit", "serilog", "opentelemetry", "sixlabors", "stackexchange",
    "mongodb", "confluent", "elastic", "sentry", "datadog", "newrelic", "okta", "auth0", "duende", "devexpress",
    "telerik", "syncfusion", "infragistics", "skiasharp", "avalonia", "oracle", "mysql", "npgsql", "grpc", "docker",
    "jetbrains", "masstransit", "nservicebus", "hangfire", "automapper", "selenium", "playwright", "twilio", "stripe",
)  # fmt: skip
"""First words of ids that NuGet reserves for their owners, or that everybody takes for theirs."""
_VENDORS = frozenset(VENDORS)


def is_reserved(ecosystem: str, bare: str) -> bool:
    """Whether a name, by its skeleton, means something else to whoever types it."""
    return bare in RESERVED[ecosystem]


def vendor(words: list[str]) -> tuple[str, bool] | None:
    """The vendor whose prefix an id has among its words, and whether it begins with it; None for none.

    NuGet itself protects the beginning only: `Loop.SixLabors.ImageSharp` passes there.
    """
    if len(words) < 2:
        return None
    if words[0] in _VENDORS:
        return words[0], True
    return next(((word, False) for word in words[1:-1] if word in _VENDORS), None)
