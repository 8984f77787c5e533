"""What all nodes on one database have to have in common, as texts that can be compared and shown."""

from __future__ import annotations

import msgspec

from pratique.settings.folder import DataFolder
from pratique.settings.values import Settings


def common_settings(folder: DataFolder, settings: Settings, blobs_identity: str, key_id: str) -> dict[str, str]:
    """Setting or file to its value, of secrets a digest.

    Args:
        folder: of this node.
        settings: of this node.
        blobs_identity: of the folder in which it keeps files.
        key_id: of the key with which it signs.
    """
    return {
        "public_urls": _text(settings.public_urls),
        "repositories": _text(settings.repositories),
        "unsafe_test_clock": "set" if settings.unsafe_test_clock else "",
        "secret": folder.server_name(),
        "signing_key": key_id,
        "blobs": blobs_identity,
    }


def _text(value: object) -> str:
    return msgspec.json.encode(value, order="sorted").decode()
