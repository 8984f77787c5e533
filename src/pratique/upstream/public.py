"""Where the public registries stand whose addresses may be written down. The other two are found, see `defaults`."""

from __future__ import annotations

CARGO = "https://index.crates.io"
MAVEN = "https://repo.maven.apache.org/maven2"
RUBYGEMS = "https://rubygems.org"
NUGET = "https://api.nuget.org/v3/index.json"

OSV_EXPORT = "https://osv-vulnerabilities.storage.googleapis.com"
"""Base of the OSV database's export: `{OSV_EXPORT}/{ecosystem}/all.zip`."""
