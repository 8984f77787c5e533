"""`npm dist-tag` and `yarn npm tag`. Source: npm, lib/commands/dist-tag.js."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import orjson

from pratique.core.ecosystem import Listing, Rendered
from pratique.core.errors import Invalid
from pratique.core.sentences import clean
from pratique.ecosystems.npm.listing import is_offered
from pratique.ecosystems.npm.tags import move_tags
from pratique.ecosystems.npm.versions import newest_first

_JSON = "application/json"
_LASTING = "latest"


def check_removable(tag: str) -> None:
    """Refuse to remove `latest`, which npm installs when nobody names a version. Raises Invalid."""
    if tag == _LASTING:
        raise Invalid('"latest" cannot be removed, as npm installs what it names; set it to another version instead')


def read_tagged(body: bytes) -> str:
    """The version: a JSON string. Raises Invalid."""
    try:
        version = orjson.loads(body)
    except orjson.JSONDecodeError:
        version = None
    if not isinstance(version, str) or not version:
        raise Invalid('the request must be the version as a JSON string, as in "1.0.0"; use `npm dist-tag add`')
    return version


def offered_tags(listing: Listing) -> dict[str, str]:
    """The tags of the packument that everybody reads."""
    return move_tags(listing.view.tags, [file.version for file in listing.view.files if is_offered(listing, file)])


def tags_without(tags: Mapping[str, str], gone: str, left: Collection[str]) -> dict[str, str]:
    """A release takes its tags along; only `latest` goes on to the newest that is left."""
    stays = {tag: version for tag, version in tags.items() if version != gone}
    return stays if _LASTING in stays else stays | _next_latest(tags, left)


def _next_latest(tags: Mapping[str, str], left: Collection[str]) -> dict[str, str]:
    if _LASTING not in tags or not left:
        return {}
    return move_tags({_LASTING: tags[_LASTING]}, left) or {_LASTING: newest_first(list(left))[0]}


def write_tags(tags: Mapping[str, str]) -> Rendered:
    """Tag to version."""
    return Rendered(orjson.dumps(dict(tags)), _JSON)


def write_tag_changed(note: str) -> Rendered:
    """The answer to a change; npm says itself what it did."""
    return Rendered(orjson.dumps({"ok": True, "note": clean(note)}), _JSON)
