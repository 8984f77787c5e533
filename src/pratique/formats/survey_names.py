"""Names of members as a survey takes them: what is wrong with one is noted, and it is looked at all the same."""

from __future__ import annotations

from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid, TooLarge
from pratique.formats.archive_rules import MAX_NAME, check_symlink, digest_of, folded, plain_name, shown
from pratique.formats.oddities import Oddity, OddityKind


def plainly(raw: str) -> str:
    """A member's name with `/`, without what changes nothing (`./`, `//`) and without what leads out of the archive."""
    segments = raw[:MAX_NAME].replace("\\", "/").split("/")
    return "/".join(segment for segment in segments if segment not in ("", ".", ".."))


class SurveyNames:
    """The names of one archive so far, and what is odd about each next one."""

    def __init__(self, limits: ArchiveLimits) -> None:
        self._limits = limits
        self._exact: set[bytes] = set()
        self._folded: set[bytes] = set()

    def take(self, raw: str, kind: str, found: list[Oddity]) -> str:
        """A member's plain name; what is odd about it is added to `found`.

        A folder may be there as often as it likes.
        """
        name = plainly(raw)
        self._look_at(raw, name, found)
        if kind == "directory" or not name:
            return name
        exact = digest_of(name)
        same = digest_of(folded(name)) if len(name) < MAX_NAME else exact
        if exact in self._exact:
            found.append(Oddity(OddityKind.DUPLICATE, name, "the archive holds this name twice"))
        elif same in self._folded:
            found.append(Oddity(OddityKind.CASE_CLASH, name, "another member differs from this one in case only"))
        self._exact.add(exact)
        self._folded.add(same)
        return name

    def _look_at(self, raw: str, name: str, found: list[Oddity]) -> None:
        segments = raw.replace("\\", "/").split("/")
        is_drive = len(raw) > 1 and raw[1] == ":" and raw[0].isascii() and raw[0].isalpha()
        if ".." in segments or segments[0] == "" or is_drive:
            found.append(Oddity(OddityKind.ESCAPES, name, f"{shown(raw)} leads out of the archive"))
            return
        try:
            plain_name(name, self._limits.max_depth) if name else None
        except TooLarge as error:
            found.append(Oddity(OddityKind.TOO_DEEP, name, str(error)))
        except Invalid as error:
            found.append(Oddity(OddityKind.NAMES_DIFFER, name, str(error)))


def note_link(name: str, kind: str, target: str, found: list[Oddity]) -> None:
    """Note a link that may lead out of the archive."""
    try:
        if kind == "symlink":
            check_symlink(name, target)
        elif target != plainly(target) and plainly(target) != target.removeprefix("./"):
            raise Invalid(f"the archive holds a link {shown(name)} to {shown(target)}, which may lead out of it")
    except Invalid as error:
        found.append(Oddity(OddityKind.LINK_OUT, name, str(error)))
