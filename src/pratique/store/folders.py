"""Make a folder, or say why it cannot be one."""

from __future__ import annotations

import errno
from pathlib import Path

from pratique.core.errors import Invalid

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


def make_folder(folder: Path) -> None:
    """Make a folder for this user alone, if it is not there.

    Raises:
        Invalid: it cannot be made here, whatever room there is.
        OSError: there is no room.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise
        raise Invalid(
            f'the folder for files "{folder}" cannot be used ({error.strerror}); it has to be a folder that this user '
            "may write into"
        ) from error
