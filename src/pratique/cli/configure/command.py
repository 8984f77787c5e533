"""The command: find the files, ask the server for own names, write, and say what was done."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from pratique.cli.afar import server_url
from pratique.cli.asking import WHERE, Where
from pratique.cli.configure.client import Client, Target
from pratique.cli.configure.clients import client_named
from pratique.cli.configure.files import take_back, write_change
from pratique.cli.configure.lockfiles import warn_of_lockfiles
from pratique.cli.configure.own_names import own_names
from pratique.cli.configure.setup import Plan, Setup
from pratique.cli.here import folder_of_a_server, settings_in_use
from pratique.cli.showing import say
from pratique.core.errors import Invalid, NotFound
from pratique.settings.checks import REPOSITORY_NAME

_TOKEN = re.compile(r"[A-Za-z0-9_.~+/=-]{1,1024}")


def configure(
    client: str,
    *,
    project: Path | None = None,
    repository: str = "main",
    undo: Annotated[bool, Parameter(negative=())] = False,
    ca: Annotated[Path | None, Parameter(env_var="PRATIQUE_CA")] = None,
    server: Annotated[str | None, Parameter(env_var="PRATIQUE_SERVER", group=WHERE)] = None,
    token: Annotated[str | None, Parameter(env_var="PRATIQUE_TOKEN", group=WHERE)] = None,
    data: Annotated[Path | None, Parameter(group=WHERE)] = None,
) -> None:
    """Point a package client at a server. Other lines of its files stay, and --undo takes everything back.

    Args:
        client: npm, pnpm, yarn (2 and later), yarn1, bun, pip, uv, poetry or cargo.
        project: only for this folder: its `.npmrc`, `pnpm-workspace.yaml`, `.yarnrc.yml`, `.yarnrc`, `bunfig.toml`,
            `uv.toml` or `pyproject.toml`, `.cargo/config.toml`; for pip the `pip.conf` of its virtual environment.
        repository: which one of the server.
        undo: make the files what they were.
        ca: file (PEM) of the private authority that certifies the server, for the client to trust.
        server: URL of the server; the one of the data folder on this machine if not given.
        token: written into your own file, never into a project's.
        data: data folder of the server on this machine; $PRATIQUE_DATA, else `pratique` in your user data folder.
    """
    chosen = client_named(client)
    targets = chosen.find(os.environ, project)
    if undo:
        _undo(chosen, targets, in_project=project is not None)
        return
    if not REPOSITORY_NAME.fullmatch(repository):
        raise Invalid(f"{repository[:80]!a} is no name of a repository; the first one of a server is `main`")
    if token is not None and not _TOKEN.fullmatch(token):
        raise Invalid("--token: this is no token; `pratique token create` or the page of your account makes one")
    origins = _origins(server, data)
    bases = [f"{origin}/{repository}/{chosen.ecosystem}" for origin in origins]
    trusted = _authority(ca, bases[0])
    own, doubt = own_names(chosen, repository, Where(server, token, data, ca=trusted), origins[0])
    _point(chosen, targets, Setup(bases[0], token, own.names, own.projects, trusted), doubt, project)
    if ca is not None and trusted is None:
        say("this server speaks http, so no authority is needed")
    for sentence in warn_of_lockfiles(chosen.ecosystem, project or Path.cwd(), bases):
        say(sentence)


def _point(client: Client, targets: Iterable[Target], wanted: Setup, doubt: str, project: Path | None) -> None:
    """Write each file; a project's, which others see, gets neither token nor a path of this machine."""
    shared = project is not None and client.where_the_token_goes is not None
    setup = msgspec.structs.replace(wanted, token=None, ca=None) if shared else wanted
    for target in targets:
        _write(client, target, setup)
    for sentence in (doubt, *_overridden(client, setup), *(_left_out(client, wanted) if shared else ())):
        if sentence:
            say(sentence)


def _undo(client: Client, targets: Iterable[Target], *, in_project: bool) -> None:
    """Take back what stands in each file. Raises NotFound if there is nothing of ours that can be taken back."""
    nothing: NotFound | None = None
    done = False
    for target in targets:
        try:
            gone = take_back(target.path, target.owner)
        except NotFound as error:
            nothing = nothing or _how_by_hand(client, target, in_project=in_project) or error
            continue
        done = True
        say(f"{target.path} is {'gone again: it was made by Pratique' if gone else 'as it was'}")
    if nothing is not None and not done:
        raise nothing


def _how_by_hand(client: Client, target: Target, *, in_project: bool) -> NotFound | None:
    """What takes our lines out where the client has dropped our marks; None if none of ours are left."""
    try:
        commands = client.unmarked(target.path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return None
    if not commands:
        return None
    place = " --location=project" if in_project else ""
    told = "; ".join(f"`{command}{place}`" for command in commands)
    return NotFound(
        f'{client.name} has written "{target.path}" anew without our marks, so it cannot be told what stood there '
        f"before. These commands take out what leads to Pratique: {told}"
    )


def _write(client: Client, target: Target, setup: Setup) -> None:
    notes: list[str] = []

    def plan(text: str) -> Plan:
        made = target.plan(text, setup)
        notes.extend(made.notes)
        return made

    done = write_change(
        target.path, lambda text: plan(text).change, target.check, secret=setup.token, owner=target.owner
    )
    if done.empty:
        if done.changed:
            say(f"{target.path} is as it was")
    elif target.holds:
        say(f"{target.path} {'holds' if done.changed else 'already holds'} {target.holds}")
    else:
        index = setup.base_url + client.index_path
        say(f"{target.path} {'sends' if done.changed else 'already sends'} {client.name} to {index}")
    if done.closed:
        say("it holds a token now, so only you may read it")
    if done.backup is not None:
        say(f"the file from before: {done.backup}")
    if setup.ca is not None and not done.empty and str(setup.ca) in target.path.read_text("utf-8"):
        say(f"{client.name} trusts {setup.ca}; most clients then trust no other authority beside it")
    for note in notes:
        say(note)


def _origins(server: str | None, data: Path | None) -> tuple[str, ...]:
    """The server's URLs: as given, or of the data folder. Raises NotFound rather than guess, Invalid."""
    if server is not None:
        return (server_url(server),)
    return settings_in_use(folder_of_a_server(data)).origins


def _authority(ca: Path | None, base_url: str) -> Path | None:
    """The authority's file by its whole path, None where none is needed.

    Raises:
        Invalid: the file holds no certificate, or has a name that not every client could read.
    """
    if ca is None:
        return None
    whole = Path(os.path.abspath(ca))
    if any(character in '"\\\n\r#;' or not character.isprintable() for character in str(whole)):
        raise Invalid(f"--ca: not every client can read a path like {str(whole)!r}; copy the file to a plain one")
    try:
        ssl.create_default_context(cafile=str(whole))
    except FileNotFoundError:
        raise Invalid(f'--ca: there is no file "{whole}"') from None
    except OSError:  # also what the library says of a file that is no PEM
        raise Invalid(f'--ca: "{whole}" cannot be read, or holds no certificate (PEM)') from None
    return whole if base_url.startswith("https://") else None


def _overridden(client: Client, setup: Setup) -> tuple[str, ...]:
    names = client.stronger if setup.ca is None else (*client.stronger, *client.stronger_ca)
    found = [name for name in names if os.environ.get(name) not in (None, "", str(setup.ca))]
    return tuple(
        f"the environment variable {name} is set, and {client.name} believes it before the file" for name in found
    )


def _left_out(client: Client, wanted: Setup) -> Iterable[str]:
    """What a project's file is not given, and where it belongs."""
    if wanted.token is not None and client.where_the_token_goes is not None:
        yield client.where_the_token_goes(wanted)
    if wanted.ca is not None:
        yield (
            f"the path of an authority is of this machine alone; `pratique configure {client.name} --ca {wanted.ca}` "
            "without --project puts it into your own settings"
        )
