"""The last certificate that could be used, for processes that start after its files went bad.

It is in memory only, and reaches a process as an inherited descriptor: no key is written anywhere it was not before.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from pratique.web.certificates import CertificateFiles


class CertificateCopy:
    """Key and certificate, in a file that has no name."""

    def __init__(self) -> None:
        """Make the empty file, where the system has such files."""
        self.descriptor: int | None = None
        """To be inherited; None where there are no such files: there a process that starts reads what is on disk."""
        if sys.platform == "linux":
            self.descriptor = os.memfd_create("certificate")

    def keep(self, files: CertificateFiles) -> None:
        """Hold what these files hold now.

        Raises:
            OSError: they are gone.
        """
        if self.descriptor is None:
            return
        # The key first: it is short, and of a file no more than a mebibyte is read.
        content = Path(files.key).read_bytes() + b"\n" + Path(files.chain).read_bytes()
        os.pwrite(self.descriptor, content, 0)
        os.ftruncate(self.descriptor, len(content))


def inherited(descriptor: int) -> CertificateFiles:
    """The copy, as the process that inherited it opens it."""
    path = f"/dev/fd/{descriptor}"
    return CertificateFiles(path, path)
