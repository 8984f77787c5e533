"""Detectors for tests: some find a word, some do what no detector should."""

from __future__ import annotations

import ctypes
import os
import socket
import time

from pratique.scan.detectors.contract import Detector, Wants
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity
from pratique.scan.seen import Artefact, SeenFile


def say(detector: str, file: SeenFile | None, sentence: str, severity: Severity = Severity.HIGH) -> Finding:
    point = file.point if file else ExecutionPoint.INSTALL
    path = file.path if file else ""
    layers = file.layers if file else ()
    return Finding(detector, 1, severity, Specificity.TELLING, point, path, 1, "", sentence, layers)


def look_for_words(file: SeenFile, _artefact: Artefact):
    for word in (b"HARM", b"OTHER"):
        if word in file.content:
            yield say(word.decode(), file, f"it says {word.decode()}")


def look_at_everything(file: SeenFile, _artefact: Artefact):
    layers = "".join(f" of {layer}" for layer in file.layers)
    yield say("SEEN", file, f"{file.kind} {file.size}{layers}", Severity.LOW)


def judge_by_hooks(artefact: Artefact):
    earlier = artefact.previous.hooks if artefact.previous else artefact.outline.hooks
    for hook in artefact.outline.hooks:
        if hook not in earlier:
            yield say("NEW", None, f"new hook {hook.name}")
    for odd in artefact.oddities:
        yield say("ODD", None, f"{odd.kind} {odd.path}")
    for ability in artefact.outline.abilities:
        yield say("CAN", None, ability, Severity.LOW)


def detector(name: str, look=None, judge=None) -> Detector:
    return Detector(name, 1, Wants(), look, judge)


WORDS = (detector("HARM", look_for_words), detector("WHOLE", judge=judge_by_hooks))
ALL_SEEN = (detector("SEEN", look_at_everything),)


def look_and_misbehave(file: SeenFile, _artefact: Artefact):
    """Do what the file's content says."""
    order = file.content.strip()
    if order == b"RAISE":
        raise ValueError("a detector's mistake")
    if order == b"CRASH":
        ctypes.string_at(0)
    if order == b"HANG":
        time.sleep(3_600)
    if order == b"SPIN":
        while True:
            pass
    if order == b"EAT":
        eaten = []
        while True:
            eaten.append(bytearray(b"x" * (16 << 20)))
    if order.startswith(b"TRY "):
        yield say("TRIED", file, tried(order.removeprefix(b"TRY ").decode()), Severity.LOW)


def tried(what: str) -> str:
    """What comes of something that no look has to do."""
    deeds = {
        "open": lambda: os.open("/etc/passwd", os.O_RDONLY),
        "write": lambda: os.open("/tmp/left-behind", os.O_WRONLY | os.O_CREAT),
        "list": lambda: os.listdir("/"),
        "connect": lambda: socket.socket().connect(("127.0.0.1", 9)),
        "socket": lambda: socket.socket(),
        "fork": os.fork,
        "exec": lambda: os.execv("/bin/true", ["true"]),
        "kill": lambda: os.kill(os.getppid(), 0),
        "environment": lambda: dict(os.environ),
        "descriptors": lambda: sorted(_open_descriptors()),
        "user": lambda: (os.getuid(), os.geteuid()),
        "trace": lambda: ctypes.CDLL(None, use_errno=True).ptrace(0, 0, 0, 0),
    }
    try:
        return f"{what}: {deeds[what]()!r}"
    except OSError as error:
        return f"{what}: refused, {error.strerror}"


def _open_descriptors():
    for number in range(64):
        try:
            os.fstat(number)
        except OSError:
            continue
        yield number


MISBEHAVING = (detector("TRIED", look_and_misbehave), detector("HARM", look_for_words))
