"""The command `pratique`: every command by its name, errors as one sentence."""

from __future__ import annotations

import sys
from importlib.metadata import version

from cyclopts import App, CycloptsError

from pratique.cli.process_log import log_to_terminal
from pratique.core.errors import PratiqueError
from pratique.services.disk import DISK_IS_FULL, NO_ROOM

FAILED = 1
WRONG_USE = 2

app = App(
    name="pratique",
    help="A package registry and firewall that serves nothing before it is cleared, and can explain every clearance.",
    version=version("pratique"),
)
COMMANDS = (
    ("up", "pratique.cli.up:up", "Start the server and keep it running until Ctrl-C."),
    ("configure", "pratique.cli.configure.command:configure", "Point a package client at a server, and back."),
    ("user", "pratique.cli.verbs.users:app", "Accounts: make them, end them, say who administers."),
    ("token", "pratique.cli.verbs.tokens:app", "Tokens for package clients, CI jobs, agents and services."),
    ("admin", "pratique.cli.verbs.admin:app", "A way in for an administrator."),
    ("project", "pratique.cli.verbs.projects:app", "Own projects: who may see them, and who has which role."),
    ("reserve", "pratique.cli.verbs.names:reserve", "Keep a name, prefix or scope for own projects."),
    ("unreserve", "pratique.cli.verbs.names:unreserve", "Give a reserved name, prefix or scope free."),
    ("reservations", "pratique.cli.verbs.names:reservations", "List what is reserved."),
    ("names", "pratique.cli.verbs.name_checks:app", "What a new name would be taken for; what is asked for in vain."),
    ("review", "pratique.cli.verbs.reviews:app", "Releases and new names that wait for a person."),
    ("report", "pratique.cli.verbs.reports:report", "Say that a release is harmful."),
    ("appeal", "pratique.cli.verbs.reports:appeal", "Answer what is said against a release that you publish."),
    ("reporters", "pratique.cli.verbs.reports:reporters", "Whose reports are trusted, and what came of everybody's."),
    ("scan", "pratique.cli.scanning.command:scan", "What a package would do to whoever installs it."),
    ("deny", "pratique.cli.verbs.lists:deny", "Put a project, release or range on the denylist."),
    ("undeny", "pratique.cli.verbs.lists:undeny", "Take a line off the denylist."),
    ("allow", "pratique.cli.verbs.lists:allow", "Put a project, release or range on the allowlist."),
    ("unallow", "pratique.cli.verbs.lists:unallow", "Take a line off the allowlist."),
    ("grant", "pratique.cli.verbs.lists:grant", "Let agents take a name that is new here."),
    ("ungrant", "pratique.cli.verbs.lists:ungrant", "Take a grant for agents back."),
    ("lists", "pratique.cli.verbs.lists:lists", "Show allowlist, denylist and grants."),
    ("approve", "pratique.cli.verbs.releases:approve", "Let exactly one release through whatever holds it."),
    ("waive", "pratique.cli.verbs.releases:waive", "Remove one rule's vote for a project, release or range."),
    ("confirm", "pratique.cli.verbs.releases:confirm", "Agree, as the second admin, to a waiver that waits."),
    ("withdraw", "pratique.cli.verbs.releases:withdraw", "End a waiver or an approval."),
    ("waivers", "pratique.cli.verbs.waivers:waivers", "Show waivers, and which wait for a second admin."),
    ("yank", "pratique.cli.verbs.releases:yank", "Take an own release out of what resolvers choose."),
    ("unyank", "pratique.cli.verbs.releases:unyank", "Let resolvers choose a yanked release again."),
    ("deprecate", "pratique.cli.verbs.publishing:deprecate", "Say something to whoever installs an own release."),
    ("unpublish", "pratique.cli.verbs.publishing:unpublish", "Take own releases away for good."),
    ("revoke", "pratique.cli.verbs.releases:revoke", "Refuse a project, release or file from now on, everywhere."),
    ("unrevoke", "pratique.cli.verbs.releases:unrevoke", "Serve again what was revoked."),
    ("explain", "pratique.cli.verbs.explaining:explain", "Say why something is or is not served."),
    ("check", "pratique.cli.verbs.lockfiles:check", "Say which pins of a lockfile would not install from here."),
    ("exposure", "pratique.cli.verbs.explaining:exposure", "Say who fetched something, and when."),
    ("events", "pratique.cli.verbs.events:events", "Show what changed, when, and by whom."),
    ("storage", "pratique.cli.verbs.storage:storage", "Show what files take."),
    ("rescan", "pratique.cli.verbs.scans:rescan", "Scan stored packages again."),
    ("scanner", "pratique.cli.verbs.scans:scanner", "Show how much is scanned, and by what the scanner is confined."),
    ("advisories", "pratique.cli.verbs.advisories:app", "What is known of vulnerable and malicious releases."),
    ("policy", "pratique.cli.verbs.rules:app", "How each rule is set."),
)
"""Name, where it is (by path, so that a command loads only what it needs itself), and its line in the help."""

for _name, _path, _help in COMMANDS:
    app.command(_path, name=_name, help=_help)


def run() -> None:
    """Entry point of the console script."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: list[str]) -> int:
    """Run one command; its exit code: 0, 1 for what did not work, 2 for a command that was typed wrongly."""
    log_to_terminal()
    try:
        result = app(arguments, exit_on_error=False, result_action="return_value")
    except CycloptsError:
        return WRONG_USE
    except PratiqueError as error:
        print(f"pratique: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        return FAILED
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        print(f"pratique: {DISK_IS_FULL}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return 130
    return result if isinstance(result, int) else 0
