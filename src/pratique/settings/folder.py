"""What lies where in a data folder: everything one Pratique owns."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from pratique.core.errors import Conflict, Invalid
from pratique.settings.values import Settings
from pratique.store.dialects import database_url, whole_url

_SECRET_BYTES = 32
_OF_BLOBS = ("blobs", "tmp", "unrecorded")


class DataFolder(msgspec.Struct, frozen=True):
    """One server's folder. Only its owner may look inside."""

    root: Path

    @property
    def settings_file(self) -> Path:
        """The settings."""
        return self.root / "pratique.toml"

    @property
    def database_file(self) -> Path:
        """The database, unless the settings name another."""
        return self.root / "pratique.db"

    @property
    def logs(self) -> Path:
        """Folder of the logs."""
        return self.root / "logs"

    @property
    def lock_file(self) -> Path:
        """Held by the supervisor while the server runs."""
        return self.root / "lock"

    @property
    def reserve_file(self) -> Path:
        """Room for what cannot wait when the disk is full (`store.reserve`)."""
        return self.root / "reserve"

    @property
    def secret_file(self) -> Path:
        """The server's own secret."""
        return self.root / "secret"

    def signing_key_file(self, configured: str) -> Path:
        """The key that signs what is listed: as configured, or the file here."""
        return Path(configured) if configured else self.root / "signing-key.pem"

    def database_url(self, settings: Settings) -> str:
        """The database's URL: as configured, with the password of its file, or the file here.

        Raises:
            Invalid: the password's file cannot be read, or the URL is none.
        """
        if not settings.database:
            return database_url(self.database_file)
        file = settings.postgresql.password_file
        return whole_url(settings.database, _password(Path(file)) if file else "")

    @property
    def copies(self) -> Path:
        """Copies of files, where they are in an object store."""
        return self.root / "copies"

    def blobs_root(self, configured: str) -> Path:
        """What holds the folder `blobs`: as configured, or the folder itself."""
        return Path(configured) if configured else self.root

    def is_begun(self) -> bool:
        """Whether a server has begun here. Raises Invalid if this user may not look."""
        try:
            os.stat(self.settings_file)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise Invalid(
                f'the data folder "{self.root}" cannot be looked into ({error.strerror}): give it to the user that '
                f'runs Pratique (chown), and run: chmod 700 "{self.root}"'
            ) from error
        return True

    def create(self) -> bool:
        """Make the folder; True if it is new.

        Raises:
            Invalid: it cannot be made or written, holds something else, or others may look inside.
        """
        self._refuse_foreign()
        try:
            fresh = not self.settings_file.exists()
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.logs.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise Invalid(
                f'the data folder "{self.root}" cannot be made ({error.strerror}); choose one with --data'
            ) from error
        if self.root.stat().st_mode & 0o077:
            raise Invalid(
                f'others may look into the data folder "{self.root}", which holds secrets; run: chmod 700 "{self.root}"'
            )
        return fresh

    def _refuse_foreign(self) -> None:
        """What somebody keeps for another purpose is not closed to others and mixed with ours by a slip in a path."""
        ours = {self.settings_file, self.database_file, self.secret_file, self.lock_file, self.logs}
        try:
            # The root of a mounted disk holds a folder of its own from the beginning.
            held = {path for path in self.root.iterdir() if path.name != "lost+found"}
        except OSError:
            return  # it is not there yet, or `create` says why it cannot be used
        if held and not held & ours:
            raise Invalid(
                f'"{self.root}" is no data folder and holds other things; name a new or empty one with --data'
            )

    def refuse_open_files(self) -> None:
        """Refuse to work with secrets that others know, or with settings that others wrote.

        A folder that is closed now may have been open, or may have come from an archive with other rights.

        Raises:
            Invalid: the sentence names the command that closes the file.
        """
        for path in (self.secret_file, self.settings_file, self.signing_key_file("")):
            if path.exists() and path.stat().st_mode & 0o077:
                raise Invalid(f'others may read or write "{path}", which holds secrets; run: chmod 600 "{path}"')

    def refuse_unwritable(self) -> None:
        """Refuse to begin where something that every server writes cannot be written.

        Raises:
            Invalid: the sentence names it.
        """
        written = (self.root, self.lock_file, self.logs, self.database_file)
        for path in (self.secret_file, self.settings_file, self.signing_key_file("")):
            if path.exists() and not os.access(path, os.R_OK):
                raise Invalid(
                    f'"{path}" cannot be read: give it to the user that runs the server (chown), and run: '
                    f'chmod 600 "{path}"; nothing was changed'
                )
        _refuse_unwritable(written)
        _refuse_unwritable(sorted(self.logs.glob("*.jsonl")))
        _refuse_unwritable(self.root / name for name in _OF_BLOBS)

    def refuse_unwritable_blobs(self, configured: str) -> None:
        """The same for a folder for files that the settings name. Raises Invalid."""
        root = self.blobs_root(configured)
        _refuse_unwritable((root, *(root / name for name in _OF_BLOBS)))

    def refuse_lost_database(self, settings: Settings) -> None:
        """Refuse to begin with an empty database where there was one: what was revoked or reserved would be forgotten.

        Raises:
            Conflict: the sentence says what to restore, and what to do where a new beginning is meant.
        """
        file = self.database_file
        if settings.database or (file.exists() and file.stat().st_size):
            return
        mark, blobs = Path(f"{file}-changes"), self.blobs_root(settings.blobs) / "blobs"
        if mark.exists() or any(path.is_file() for path in blobs.glob("??/??/*")):
            raise Conflict(
                f'the database "{file}" is {"empty" if file.exists() else "missing"}, and this folder was used with '
                "one: restore it from the backup, or name a new folder with --data"
            )

    def secret(self) -> bytes:
        """The server's secret, 32 random bytes, made when first asked for.

        Raises:
            Invalid: its file cannot be read or holds something else.
        """
        if not self.secret_file.exists():
            write_private(self.secret_file, secrets.token_bytes(_SECRET_BYTES))
        try:
            content = self.secret_file.read_bytes()
        except OSError as error:
            raise Invalid(
                f'"{self.secret_file}" cannot be read ({error.strerror}): give it to the user that runs the server '
                "(chown, chmod 600)"
            ) from error
        if len(content) != _SECRET_BYTES:
            raise Invalid(
                f'"{self.secret_file}" holds {len(content)} bytes instead of {_SECRET_BYTES}, so it was cut short or '
                "replaced: restore it from the backup; without a backup and other nodes, remove it, and one is made"
            )
        return content

    def server_name(self) -> str:
        """How this server is called towards other servers: the same as long as the folder lives, and no secret."""
        return "pratique-" + hashlib.sha256(b"server name" + self.secret()).hexdigest()[:16]

    def stand_in_key(self) -> bytes:
        """A secret for the names that upstreams are asked for in the place of private ones (32 bytes)."""
        return hashlib.sha256(b"stand-in names" + self.secret()).digest()


def _refuse_unwritable(paths: Iterable[Path]) -> None:
    for path in paths:
        if path.exists() and not os.access(path, os.W_OK | os.X_OK if path.is_dir() else os.W_OK):
            raise Invalid(
                f'"{path}" cannot be written: give it to the user that runs the server (chown, chmod u+w), and see '
                "that its disk is not mounted read-only; nothing was changed"
            )


def _password(path: Path) -> str:
    try:
        password = path.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f'`postgresql.password_file`: "{path}" cannot be read ({error})') from error
    if not password:
        raise Invalid(f'`postgresql.password_file`: "{path}" is empty; it has to hold the password')
    return password


def default_root(environment: Mapping[str, str]) -> Path:
    """Where the data lies if nobody says: `$PRATIQUE_DATA`, else `pratique` in the user's data folder.

    The user's data folder and not the current one, so that every command finds the same server from anywhere.
    """
    if environment.get("PRATIQUE_DATA"):
        return Path(environment["PRATIQUE_DATA"]).absolute()
    base = environment.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(base).expanduser() / "pratique"


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all. Raises OSError if the disk refuses."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(path)
    except OSError:
        aside.unlink(missing_ok=True)
        raise
