"""A registry at the addresses of the product, so that what a client prints reads as it will for people."""

from __future__ import annotations

from tests.harness.plain_registry import PlainRegistry
from tests.harness.server import Answer


class RefusingRegistry(PlainRegistry):
    """Serves below `/main/npm`, `/main/pypi` and `/main/cargo`."""

    @property
    def repository(self) -> str:
        """Where the ecosystems stand: `http://127.0.0.1:7417/main`."""
        return f"{self.url}/main"

    def file_url(self, ecosystem: str, name: str, filename: str) -> str:
        place = f"npm/{name}/-" if ecosystem == "npm" else f"{ecosystem}/files/{name}"
        return f"{self.repository}/{place}/{filename}"

    def _answer_of(self, path: str) -> Answer:
        found = super()._answer_of(_plain(path))
        # cargo makes the address of a crate from what the index says of all of them.
        said = found.body.replace(f"{self.url}/files/cargo/".encode(), f"{self.repository}/cargo/files/".encode())
        return Answer(found.status, found.reason, found.headers, said)


def _plain(path: str) -> str:
    """The path as `PlainRegistry` has it."""
    _, _, ecosystem, rest = [*path.split("/", 3), "", "", ""][:4]
    if ecosystem == "npm" and "/-/" in rest and not rest.startswith("-/"):
        return f"/files/npm/{rest.replace('/-/', '/')}"
    return f"/files/{ecosystem}/{rest.removeprefix('files/')}" if rest.startswith("files/") else f"/{ecosystem}/{rest}"
