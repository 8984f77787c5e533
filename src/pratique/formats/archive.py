"""Walk archives without trusting them: bounded, checked by structure, never extracted.

A walk yields members in the order of their bytes and raises `Invalid` or `TooLarge` at the first thing
that is wrong; whoever acts on an archive must therefore have walked it to its end.
"""

from __future__ import annotations

from pratique.formats.archive_rules import Member
from pratique.formats.archive_tar import walk_tar_gz
from pratique.formats.archive_zip import read_zip_member, walk_zip

__all__ = ["Member", "read_zip_member", "walk_tar_gz", "walk_zip"]
