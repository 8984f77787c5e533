"""Compare what a publishing client says with the package.json in its tarball.

npm's registry serves the client's word; this difference is how packages hide dependencies and scripts.
Source: the manifest confusion reports of 2023; fields as npm-registry documents list them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pratique.core.artifacts import Manifest, PublishDraft
from pratique.core.errors import Invalid
from pratique.ecosystems.npm.package_json import normal_bin, normal_bundle, normal_dependencies
from pratique.ecosystems.npm.scripts import execution_points

_PLAIN_FIELDS = (
    "cpu",
    "directories",
    "engines",
    "exports",
    "gypfile",
    "libc",
    "license",
    "main",
    "optionalDependencies",
    "os",
    "overrides",
    "peerDependencies",
    "peerDependenciesMeta",
    "type",
)
_IMPLICIT_BUILD = {"install": "node-gyp rebuild"}


def compare_claims(draft: PublishDraft, manifest: Manifest) -> tuple[str, ...]:
    """Names of fields in which claim and tarball differ, sorted; what npm itself rewrites does not count.

    Raises:
        Invalid: name or version differ, so the tarball is another release than the request.
    """
    if (draft.name, draft.version) != (manifest.name, manifest.version):
        raise Invalid(
            f"the request publishes {draft.name}@{draft.version}, package.json inside the tarball says "
            f"{manifest.name}@{manifest.version}; pack and publish it again from one folder"
        )
    claim, truth = draft.claims, manifest.fields
    different = {field for field in _PLAIN_FIELDS if _plain(claim, field) != _plain(truth, field)}
    normals: dict[str, Callable[[Mapping[str, Any]], Any]] = {
        "bin": normal_bin,
        "bundleDependencies": normal_bundle,
        "dependencies": normal_dependencies,
    }
    different |= {field for field, normal in normals.items() if normal(claim) != normal(truth)}
    if _scripts(claim, manifest) != _scripts(truth, manifest) or _hides_scripts(claim, manifest):
        different.add("scripts")
    return tuple(sorted(different))


def _plain(package: Mapping[str, Any], field: str) -> Any:
    """The value, with every way of saying nothing made equal."""
    value = package.get(field)
    return value if value or value is False else None


def _scripts(package: Mapping[str, Any], manifest: Manifest) -> dict[str, Any]:
    stated = package.get("scripts")
    scripts = dict(stated) if isinstance(stated, Mapping) else {}
    if "install" in manifest.execution_points and scripts.get("install") == _IMPLICIT_BUILD["install"]:
        del scripts["install"]
    return {name: text for name, text in scripts.items() if isinstance(text, str)}


def _hides_scripts(claim: Mapping[str, Any], manifest: Manifest) -> bool:
    """Whether install-time code of the tarball is missing from the claim; native builds need not be named."""
    explicit = set(execution_points({"scripts": manifest.fields.get("scripts")}))
    return not explicit <= set(execution_points(claim))
