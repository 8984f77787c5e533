"""The table of languages that are read by their words."""

from __future__ import annotations

from pratique.formats.file_kind import FileKind
from pratique.scan.reading.language import JAVASCRIPT, PYTHON, RUBY, RUST, Language
from pratique.scan.reading.language_of_frameworks import CSHARP, JAVA, POWERSHELL

LANGUAGES: dict[FileKind, Language] = {
    FileKind.JAVASCRIPT: JAVASCRIPT,
    FileKind.PYTHON: PYTHON,
    FileKind.RUBY: RUBY,
    FileKind.RUST: RUST,
    FileKind.POWERSHELL: POWERSHELL,
    FileKind.CSHARP: CSHARP,
    FileKind.JAVA: JAVA,
}
