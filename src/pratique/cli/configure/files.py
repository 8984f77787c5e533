"""A client's file: backed up before the first change, written whole, closed to others if it holds a token."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from pratique.cli.configure.marks import Change, is_marked, mark, unmark
from pratique.core.errors import Invalid, NotFound, Unavailable
from pratique.settings.folder import write_private

BACKUP = ".before-pratique"


class Written(msgspec.Struct, frozen=True):
    """What became of a file.

    Attributes:
        changed: False if it said all this already.
        backup: where the file from before lies, None if there was none.
        closed: it could be read by others before, and now holds a token.
        empty: it holds nothing of ours.
    """

    changed: bool
    backup: Path | None = None
    closed: bool = False
    empty: bool = False


def write_change(
    path: Path,
    plan: Callable[[str], Change | None],
    check: Callable[[str], object],
    *,
    secret: str | None,
    owner: str = "",
) -> Written:
    """Change a file. What an earlier call did is taken back first, so that calling twice is as calling once.

    Args:
        path: the file; it may be missing.
        plan: from the text without us to our change of it; None if there is nothing to change.
        check: raises if the client could not read the result.
        secret: a token; a file that holds it is closed to others.
        owner: set where another client's settings stand in the same file.

    Raises:
        Invalid: the file is not UTF-8, or the client could not read the result; nothing is written.
        Unavailable: it cannot be read or written.
    """
    before = _read(path)
    former = unmark(before or "", owner)
    change = plan(former.text)
    if change is None:
        if former.was_marked:
            take_back(path, owner)
        return Written(changed=former.was_marked, empty=True)
    # "New" stays true over repeated calls until something of somebody else stands in the file.
    new = before is None or (former.was_new and not former.text)
    after = mark(former.text, change, new_file=new, owner=owner)
    check(after)
    backup = path.with_name(path.name + BACKUP)
    if before is not None and not is_marked(before):
        _write(backup, before, mode=0o600)
    holds_secret = secret is not None and secret in after
    closed = holds_secret and before is not None and bool(path.stat().st_mode & 0o077)
    if after != before or closed:
        _write(path, after, mode=0o600 if holds_secret or before is None else path.stat().st_mode & 0o777)
    return Written(changed=after != before, backup=backup if backup.exists() else None, closed=closed)


def take_back(path: Path, owner: str = "") -> bool:
    """Make the file what it was, and delete it if it was not. True if it is gone.

    Raises:
        NotFound: there is nothing of ours in it.
        Unavailable: it cannot be written.
    """
    before = _read(path)
    former = unmark(before or "", owner)
    backup = path.with_name(path.name + BACKUP)
    if before is None or not former.was_marked:
        raise NotFound(_nothing_of_ours(path, backup))
    gone = former.was_new and not former.text
    if gone:
        path.unlink()
    else:
        _write(path, former.text, mode=path.stat().st_mode & 0o777)
    if backup.exists() and _read(backup) == former.text:
        backup.unlink()
    return gone


def _nothing_of_ours(path: Path, backup: Path) -> str:
    """`npm config set` writes the file anew without comments, and our marks are comments."""
    said = f'there is nothing of Pratique in "{path}"'
    if backup.exists():
        return f'{said}; the file from before lies in "{backup}"'
    return f"{said}; if another program has rewritten it, remove the lines that name the server by hand"


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise Invalid(f'"{path}" is not UTF-8 text; mend it first') from None
    except OSError as error:
        raise Unavailable(f'"{path}" cannot be read: {error.strerror}') from None


def _write(path: Path, text: str, *, mode: int) -> None:
    # A link into somebody's collection of dot files stays a link.
    target = Path(os.path.realpath(path))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_private(target, text.encode())
        target.chmod(mode)
    except OSError as error:
        raise Unavailable(f'"{path}" cannot be written: {error.strerror}') from None
