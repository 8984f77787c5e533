"""Where the public registries stand whose addresses may be written down. The other two are found, see `defaults`."""

from __future__ import annotations

PUBLIC_REGISTRIES = {
    "cargo": "https://index.crates.io",
    "maven": "https://repo.maven.apache.org/maven2",
    "rubygems": "https://rubygems.org",
    "nuget": "https://api.nuget.org/v3/index.json",
}
"""Ecosystem to the base URL of its public registry."""

OSV_EXPORT = "https://osv-vulnerabilities.storage.googleapis.com"
"""Base of the OSV database's export: `{OSV_EXPORT}/{ecosystem}/all.zip`."""
