"""A listing in the place of one that is refused: pip shows nothing of that, and the sentence of a refused file.

Measured with pip 26.3: of a simple page that is answered with 403 it says "from versions: none"; of a file, "403 Client
Error" and the reason phrase.
"""

from __future__ import annotations

from pratique.core.artifacts import FileView, ProjectView
from pratique.core.decisions import Action, Decision
from pratique.core.ecosystem import Listing, Rendered
from pratique.core.names import ProjectKey, Subject
from pratique.ecosystems.pypi.index import PYPI_ID
from pratique.ecosystems.pypi.listing import write_listing

VERSION = "9999"
"""Higher than any that somebody asks to have at least."""


def write_stand_in(name: str, base_url: str, form: str) -> Rendered:
    """One wheel that no request is ever given, in the form that `negotiate` chose; nothing says it can be installed.

    Args:
        name: canonical.
        base_url: of this ecosystem in its repository.
        form: as for `write_listing`.
    """
    key = ProjectKey(PYPI_ID, name)
    file = FileView(f"{name.replace('-', '_')}-{VERSION}-py3-none-any.whl", VERSION)
    allowed = Decision("", Subject(key, VERSION, file.filename), Action.ALLOW)
    listing = Listing(ProjectView(key, (file,)), {file.filename: allowed}, base_url, str, ())
    return write_listing(listing, form)
