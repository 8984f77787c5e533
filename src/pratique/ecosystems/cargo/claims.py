"""Compare what `cargo publish` says with the Cargo.toml inside the crate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pratique.core.artifacts import Manifest, PublishDraft
from pratique.core.errors import Invalid
from pratique.ecosystems.cargo.cargo_toml import PUBLIC_INDEX
from pratique.ecosystems.cargo.requirements import normal_requirement

_DESCRIBING = ("authors", "categories", "description", "documentation", "homepage", "keywords", "license", "repository")


def compare_claims(draft: PublishDraft, manifest: Manifest) -> tuple[str, ...]:
    """Names of fields in which claim and crate differ, sorted.

    Raises:
        Invalid: name or version differ, so the crate is another release than the request.
    """
    if (draft.name, draft.version) != (manifest.name, manifest.version):
        raise Invalid(
            f"the request publishes {draft.name}@{draft.version}, Cargo.toml inside the crate says "
            f"{manifest.name}@{manifest.version}; package and publish it again from one folder"
        )
    claim, truth = draft.claims, manifest.fields["index"]
    different = {field for field in _DESCRIBING if _plain(claim, field) != _plain(manifest.fields, field)}
    different |= {field for field in ("links", "rust_version") if _plain(claim, field) != _plain(truth, field)}
    if _claimed_dependencies(claim) != sorted(map(_comparable, truth["deps"])):
        different.add("deps")
    if _plain(claim, "features") != _plain({"features": truth["features"] | truth.get("features2", {})}, "features"):
        different.add("features")
    return tuple(sorted(different))


def _plain(fields: Mapping[str, Any], field: str) -> Any:
    """The value, with every way of saying nothing made equal."""
    return fields.get(field) or None


def _claimed_dependencies(claim: Mapping[str, Any]) -> list[str]:
    stated = claim.get("deps") or []
    if not isinstance(stated, list) or not all(isinstance(one, dict) for one in stated):
        return ["deps is no list of objects"]
    return sorted(_comparable(_as_in_index(one)) for one in stated)


def _as_in_index(stated: Mapping[str, Any]) -> dict[str, Any]:
    """A dependency of the request in the form of the index: the web API names some fields otherwise."""
    alias, registry = stated.get("explicit_name_in_toml"), stated.get("registry")
    return {
        **stated,
        "name": alias or stated.get("name"),
        "package": stated.get("name") if alias else None,
        "req": normal_requirement(str(stated.get("version_req", ""))),
        # The request leaves out the registry that it goes to, Cargo.toml the public one.
        "registry": None if registry == PUBLIC_INDEX else registry or "here",
    }


def _comparable(dependency: Mapping[str, Any]) -> str:
    registry = dependency.get("registry")
    return repr(
        (
            dependency.get("name"),
            dependency.get("package") or None,
            dependency.get("req"),
            sorted(map(str, dependency.get("features") or [])),
            bool(dependency.get("optional")),
            bool(dependency.get("default_features", True)),
            dependency.get("target") or None,
            dependency.get("kind") or "normal",
            registry is None,
        )
    )
