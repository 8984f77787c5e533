"""The loop of a process that has the program loaded and splits off children, so that none has to load it again.

It has one thread and opens nothing, which is what makes forking it safe.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

MAX_ORDER = 1 << 16
"""Bytes of an order that are read at once; an order may be longer."""

Become = Callable[[str, list[int]], NoReturn]
"""What a child does: the order it is made for, and the descriptors that came beside it."""


def _nothing(_order: str) -> None:
    """Everything is loaded already."""


def serve_forks(link: socket.socket, become: Become, load: Callable[[str], None] = _nothing) -> NoReturn:
    """Split off a child for every order, and tell how each ended, until whoever orders lets go of the link.

    An order is one line with descriptors beside it. It is answered by `started PID`; `ended PID STATUS` follows when
    that process has ended, with the status that `wait` gives.

    Args:
        link: to whoever orders.
        become: what a child does.
        load: called in this process before it splits off a child, so that the next ones share what is loaded.
    """
    awake, wake = os.pipe()
    for end in (awake, wake):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    with suppress(ConnectionError), selectors.DefaultSelector() as either:
        either.register(link, selectors.EVENT_READ)
        either.register(awake, selectors.EVENT_READ)
        while True:
            ready = {key.fd for key, _events in either.select()}
            if awake in ready:
                os.read(awake, 4_096)
                _tell_ended(link)
            if link.fileno() in ready:
                order, descriptors = _receive(link)
                load(order)
                pid = os.fork()
                if pid == 0:
                    either.close()
                    _begin(link, awake, wake)
                    become(order, descriptors)
                link.sendall(b"started %d\n" % pid)
                for descriptor in descriptors:
                    os.close(descriptor)
    os._exit(0)


def _receive(link: socket.socket) -> tuple[str, list[int]]:
    """One order and its descriptors. Raises ConnectionError when whoever orders is gone."""
    text, descriptors, _flags, _address = socket.recv_fds(link, MAX_ORDER, 8)
    while text and not text.endswith(b"\n"):
        more = link.recv(MAX_ORDER)
        text = text + more if more else b""
    if not text:
        raise ConnectionAbortedError
    return text.decode(), descriptors


def _begin(link: socket.socket, *others: int) -> None:
    """Let go of what is the parent's."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    link.close()
    for descriptor in others:
        os.close(descriptor)
    os.setsid()


def _tell_ended(link: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        link.sendall(b"ended %d %d\n" % (pid, status))
