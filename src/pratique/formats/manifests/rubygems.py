"""What a Gemfile, a gemspec or a Gemfile.lock depends on.

The first two are programs: read here is what stands in them as `gem "name"` or `add_dependency "name"`.
Source: Bundler, "Gemfile" and the form of its lockfile; RubyGems, "Specification reference".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pratique.core.mentions import Mention
from pratique.formats.manifests.mentioned import as_text, mentioned
from pratique.formats.project_names.rubygems import canonical

MANIFESTS = ("Gemfile", "gems.rb", "*.gemspec", "Gemfile.lock", "gems.locked")

_NAMED = re.compile(
    r"""^\s*(?:gem|\w+\.add_(?:runtime_|development_)?dependency)[\s(]\s*["']([^"'\n]{1,200})["'](.*)"""
)
_BLOCK = re.compile(r"^\s*(\w+)\b.*\bdo\b(?:\s*\|[^|]*\|)?\s*(?:#.*)?$")
_WHENCE = {
    "git": "comes from git",
    "github": "comes from git",
    "gist": "comes from git",
    "bitbucket": "comes from git",
    "gitlab": "comes from git",
    "path": "comes from a folder",
    "source": "comes from another registry",
}
_OPTION = re.compile(rf"""[:\s,]({"|".join(_WHENCE)})(?::\s|\s*=>)""")
_SECTIONS = {"GIT": "comes from git", "PATH": "comes from a folder", "GEM": "", "PLUGIN SOURCE": ""}
_LOCKED = re.compile(r"^ {4,6}([^\s(!]{1,200})(?:!| \(|$)")


def read_manifest_names(filename: str, content: bytes) -> tuple[Mention, ...]:
    """The names it depends on, in its order. Raises TooLarge."""
    text = as_text(content)
    said = _of_lock(text) if filename.endswith((".lock", ".locked")) else _of_script(text)
    return mentioned(said, canonical, f"the {filename}")


def _of_script(text: str) -> Iterator[tuple[str, str]]:
    within: list[str] = []  # of each block what it says of its gems, or the one around it does
    for line in text.splitlines():
        named = _NAMED.match(line)
        if named is not None:
            option = _OPTION.search(named[2])
            yield named[1], _WHENCE[option[1]] if option else (within[-1] if within else "")
        elif block := _BLOCK.match(line):
            within.append(_WHENCE.get(block[1], "") or (within[-1] if within else ""))
        elif line.strip() == "end" and within:
            within.pop()


def _of_lock(text: str) -> Iterator[tuple[str, str]]:
    """What stands indented by four is there, by six what it needs, which then stands there itself."""
    private: str | None = None
    for line in text.splitlines():
        if line and not line.startswith(" "):
            private = _SECTIONS.get(line.strip())
        elif private is not None and (named := _LOCKED.match(line)) is not None and line[4] != " ":
            yield named[1], private
