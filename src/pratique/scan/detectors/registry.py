"""The table of detectors. A new detector is one file and one line here."""

from __future__ import annotations

import hashlib

from pratique.scan.detectors import (
    agent_call,
    agent_settings,
    archive_structure,
    cargo_settings,
    clipper,
    clone,
    cloud_metadata,
    compiled_only,
    dependencies,
    difference,
    drop_host,
    hidden_characters,
    hidden_instructions,
    hook_command,
    known_bad,
    manifest_differs,
    maven_build,
    msbuild,
    native_build,
    native_program,
    near_duplicate,
    obfuscated,
    packed_program,
    plants_in_repositories,
    publishes,
    resolves_secrets,
    runs_decoded,
    runs_downloaded,
    secret_scanner,
    sends_secrets,
    sends_system,
    shadows_module,
    start_files,
    takes_credentials,
    takes_environment,
    takes_over,
    thin_metadata,
    unasked_network,
    unlike_source,
    unreadable_setup,
)
from pratique.scan.detectors.contract import Detector, detector_of

DETECTORS: tuple[Detector, ...] = tuple(
    detector_of(module)
    for module in (
        archive_structure,
        known_bad,
        manifest_differs,
        hook_command,
        start_files,
        unreadable_setup,
        msbuild,
        maven_build,
        native_build,
        cargo_settings,
        runs_downloaded,
        runs_decoded,
        sends_secrets,
        sends_system,
        resolves_secrets,
        drop_host,
        takes_credentials,
        takes_environment,
        cloud_metadata,
        secret_scanner,
        publishes,
        plants_in_repositories,
        agent_call,
        agent_settings,
        takes_over,
        clipper,
        unasked_network,
        hidden_characters,
        hidden_instructions,
        obfuscated,
        native_program,
        packed_program,
        shadows_module,
        compiled_only,
        dependencies,
        difference,
        near_duplicate,
        clone,
        unlike_source,
        thin_metadata,
    )
)
"""All detectors, in the order in which their findings are told."""


def rules_version() -> str:
    """What stands for all detectors and their versions: changes when any of them sees anything else."""
    return hashlib.sha256(" ".join(f"{one.id}:{one.version}" for one in DETECTORS).encode()).hexdigest()[:16]
