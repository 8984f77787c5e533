"""Give up, one after the other, all that a process could do besides reckoning; what the kernel denies is told."""

from __future__ import annotations

import ctypes
import os
import platform
import pwd
import resource
import struct
from collections.abc import Callable

import msgspec

from pratique.scan.cage.landlock import forbid_paths
from pratique.scan.cage.messages import Measure
from pratique.scan.cage.seccomp import filter_calls

_NEW_USER, _NEW_NETWORK, _NEW_IPC = 0x10000000, 0x40000000, 0x08000000
_SET_DUMPABLE, _SET_NO_NEW_PRIVILEGES, _DIE_WITH_PARENT = 4, 38, 1
_CAPSET = {"x86_64": 126, "aarch64": 91}
_CAPABILITY_VERSION = 0x20080522
_NOBODY = 65_534
USER = "user nobody"
"""The measure that only root can take; whoever starts a server as somebody else lacks nothing by it."""

_OPEN_FILES = 16
"""Descriptors of a worker: its standard ones, the socket and two artefacts, with some room."""


class CageLimits(msgspec.Struct, frozen=True):
    """Bounds of a worker.

    Attributes:
        memory: bytes that it may have for itself.
        processor: seconds of processor time for one artefact.
        patience: seconds until an answer must be there; more than `processor`, as the machine may be busy.
        artefacts: after so many it is replaced.
    """

    memory: int = 1 << 30
    processor: int = 60
    patience: int = 300
    artefacts: int = 500


def confine_for_good() -> tuple[Measure, ...]:
    """What the fork server gives up for itself and all workers, once everything is loaded."""
    return (
        _measure("no network", _leave_network),
        _measure(USER, _become_nobody),
        _measure("no new privileges", lambda: _prctl(_SET_NO_NEW_PRIVILEGES, 1)),
        _measure("no capabilities", _drop_capabilities),
        _measure("no paths (Landlock)", lambda: f"version {forbid_paths()}"),
    )


def confine_worker(limits: CageLimits) -> tuple[Measure, ...]:
    """What a worker gives up on top of that."""
    return (
        _measure("limits", lambda: _limit(limits)),
        _measure("ends with its parent", lambda: _prctl(_DIE_WITH_PARENT, 9)),
        _measure("only harmless system calls (seccomp)", lambda: filter_calls()),
    )


def allow_processor_time(seconds: int) -> None:
    """From now on this process may use the processor for so long, then it is killed."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _measure(name: str, take: Callable[[], str | None]) -> Measure:
    try:
        return Measure(name, holds=True, note=take() or "")
    except OSError as error:
        return Measure(name, holds=False, note=error.strerror or str(error))
    except (KeyError, ValueError, AttributeError) as error:
        return Measure(name, holds=False, note=f"not on this system ({error})")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _prctl(what: int, value: int) -> None:
    if _libc().prctl(what, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _leave_network() -> None:
    libc = _libc()
    flags = _NEW_NETWORK | _NEW_IPC
    if libc.unshare(flags) and libc.unshare(flags | _NEW_USER):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _become_nobody() -> str:
    """Only root can; anybody else stays who he is, which is told."""
    if os.getuid() != 0:
        raise OSError(1, f"it runs as user {os.getuid()} already")
    try:
        user, group = pwd.getpwnam("nobody")[2:4]
    except KeyError:
        user = group = _NOBODY
    os.setgroups([])
    os.setresgid(group, group, group)
    os.setresuid(user, user, user)
    _prctl(_SET_DUMPABLE, 0)
    return f"number {user}"


def _drop_capabilities() -> None:
    header = struct.pack("<Li", _CAPABILITY_VERSION, 0)
    if _libc().syscall(_CAPSET[platform.machine()], header, bytes(24)):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _limit(limits: CageLimits) -> str:
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_DATA, limits.memory),
    ):
        resource.setrlimit(what, (most, most))
    most = limits.processor * limits.artefacts
    resource.setrlimit(resource.RLIMIT_CPU, (most, most))
    return f"{limits.memory >> 20} MiB, {limits.processor} s of processor time each"
