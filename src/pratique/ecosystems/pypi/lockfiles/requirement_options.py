"""The options of one line of requirements.txt, told apart as pip does: several of them, and shortened ones.

pip reads them with the standard library's `optparse`, and so does this: what that takes for the beginning of one
option only, is that option. Source: pip's documentation of its requirements file format; pip's `req_file.py`.
"""

from __future__ import annotations

import optparse
import re
import shlex
from typing import NoReturn

import msgspec

_BEGIN = re.compile(r"(?:\A|(?<=[ \t]))-")
_HASHES = re.compile(r"(?:--hash(?:=|[ ]++)[^\s\"'\\]++(?:\s++|\Z))++\Z")
_HASH = re.compile(r"--hash[= ]\s*(\S+)")

_LISTED = {
    "index": ("-i", "--index-url", "--pypi-url"),
    "extra": ("--extra-index-url",),
    "links": ("-f", "--find-links"),
    "files": ("-r", "--requirement"),
    "constraints": ("-c", "--constraint"),
    "editable": ("-e", "--editable"),
    "hashes": ("--hash",),
}
"""Those that lead somewhere or pin."""

_VALUED = (
    ("--no-binary",),
    ("--only-binary",),
    ("--all-releases",),
    ("--only-final",),
    ("--trusted-host",),
    ("--use-feature",),
    ("-C", "--config-settings"),
    ("--global-option",),
    ("--install-option",),
)
_SWITCHES = ("--no-index", "--prefer-binary", "--require-hashes", "--no-require-hashes", "--pre")


class Options(msgspec.Struct, frozen=True):
    """What the options of a line say, each in the order in which it stands there."""

    index: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    editable: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()


class _Parser(optparse.OptionParser):
    """Says what is wrong by raising, and never ends the process."""

    def error(self, msg: str) -> NoReturn:
        raise ValueError(msg)


def options_parser() -> optparse.OptionParser:
    """A parser of the options that pip takes in such a file; it is for one thread."""
    parser = _Parser(add_help_option=False)
    for place, words in _LISTED.items():
        parser.add_option(*words, dest=place, action="append", default=[])
    for words in _VALUED:
        parser.add_option(*words, dest="_", action="append", default=[])
    for word in _SWITCHES:
        parser.add_option(word, dest="__", action="store_true")
    return parser


def break_line(line: str) -> tuple[str, str]:
    """The requirement of a line and its options, either may be empty."""
    found = _BEGIN.search(line)
    return (line, "") if found is None else (line[: found.start()].strip(), line[found.start() :])


def plain_hashes(said: str) -> list[str] | None:
    """The checksums, if the options are nothing else and nothing of them is quoted: of almost every line."""
    return _HASH.findall(said) if not said or _HASHES.match(said) else None


def read_options(parser: optparse.OptionParser, said: str) -> Options:
    """What they say.

    Raises:
        ValueError: one of them is none of pip's or could be several, or something is left that is none.
    """
    # Lists that begin empty are the parser's own, to be made anew for each line.
    begin = optparse.Values({place: [] for place in (*_LISTED, "_", "__")})
    found, rest = parser.parse_args(shlex.split(said), begin)
    if rest:
        raise ValueError("something that is no option")
    return Options(**{place: tuple(getattr(found, place)) for place in _LISTED})
