"""A filter of system calls: what a worker needs to read, reckon and answer, and nothing that reaches further.

Source: seccomp(2); the classic BPF of `linux/filter.h`; call numbers of `asm/unistd_64.h` and `asm-generic/unistd.h`.
"""

from __future__ import annotations

import ctypes
import platform
import struct

_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050001, 0x80000000
"""What the filter answers: go on; fail with EPERM; end the process."""

_NUMBER_AT, _MACHINE_AT = 0, 4
_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_FOREIGN_NUMBERS = 0x40000000
"""From here on x86_64 counts the calls of another interface."""

_CALLS: tuple[tuple[str, int, int | None], ...] = (
    ("read", 0, 63),
    ("write", 1, 64),
    ("close", 3, 57),
    ("fstat", 5, 80),
    ("poll", 7, None),
    ("lseek", 8, 62),
    ("mmap", 9, 222),
    ("mprotect", 10, 226),
    ("munmap", 11, 215),
    ("brk", 12, 214),
    ("rt_sigaction", 13, 134),
    ("rt_sigprocmask", 14, 135),
    ("rt_sigreturn", 15, 139),
    ("pread64", 17, 67),
    ("sched_yield", 24, 124),
    ("mremap", 25, 216),
    ("madvise", 28, 233),
    ("nanosleep", 35, 101),
    ("getpid", 39, 172),
    ("sendto", 44, 206),
    ("recvfrom", 45, 207),
    ("recvmsg", 47, 212),
    ("exit", 60, 93),
    ("getrusage", 98, 165),
    ("sigaltstack", 131, 132),
    ("gettid", 186, 178),
    ("futex", 202, 98),
    ("sched_getaffinity", 204, 123),
    ("restart_syscall", 219, 128),
    ("clock_gettime", 228, 113),
    ("clock_nanosleep", 230, 115),
    ("exit_group", 231, 94),
    ("ppoll", 271, 73),
    ("prlimit64", 302, 261),
    ("getrandom", 318, 278),
    ("membarrier", 324, 283),
    ("rseq", 334, 293),
)
"""Name, number on x86_64, number on aarch64; None where a machine has no such call."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def program(machine: str) -> bytes:
    """The filter for a machine. Raises KeyError for one whose call numbers are not known here."""
    numbers = [here if machine == "x86_64" else there for _name, here, there in _CALLS]
    allowed = [number for number in numbers if number is not None]
    assert len(allowed) < 200  # a jump reaches 255 instructions
    lines = [
        _line(_LOAD, _MACHINE_AT),
        _line(_EQUAL, _MACHINES[machine], 1, 0),
        _line(_RETURN, _KILL),
        _line(_LOAD, _NUMBER_AT),
        _line(_AT_LEAST, _FOREIGN_NUMBERS, len(allowed), 0),
    ]
    lines += [_line(_EQUAL, number, len(allowed) - index, 0) for index, number in enumerate(allowed)]
    return b"".join([*lines, _line(_RETURN, _REFUSE), _line(_RETURN, _ALLOW)])


def _line(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("<HBBL", code, if_so, if_not, value)


def filter_calls() -> None:
    """Refuse this process every other call from now on.

    Raises:
        OSError: the kernel has no such filter, or does not allow one.
        KeyError: the call numbers of this machine are not known here.
    """
    code = program(platform.machine())
    buffer = ctypes.create_string_buffer(code, len(code))
    whole = _Program(len(code) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    set_seccomp, by_filter = 22, 2
    if libc.prctl(set_seccomp, by_filter, ctypes.byref(whole), 0, 0):
        raise OSError(ctypes.get_errno(), "no filter of system calls")
