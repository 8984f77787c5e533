"""What a process has freed goes back to the system."""

from __future__ import annotations

import subprocess
import sys

_GROWN = """
import threading
from pratique.cli.memory import give_back_large_pieces

def held():
    return int(open("/proc/self/statm").read().split()[1]) * 4096

give_back_large_pieces()
before = held()

def read_large_documents():
    for size in range(1 << 20, 30 << 20, 1 << 20):
        small, large = [bytes(100) for _ in range(1000)], b"x" * size
        del large

threads = [threading.Thread(target=read_large_documents) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(held() - before)
"""


def test_what_large_documents_took_is_given_back():
    done = subprocess.run([sys.executable, "-c", _GROWN], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 8 << 20
