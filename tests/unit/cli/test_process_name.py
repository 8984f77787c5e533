"""What processes are called for people and for benches."""

from pathlib import Path

from pratique.cli import process_name
from pratique.cli.process_name import name_process


def test_a_process_is_called_as_it_says():
    own = Path("/proc/self/comm")
    before = own.read_text().rstrip("\n")
    try:
        name_process("pratique web")
        assert own.read_text() == "pratique web\n"
    finally:
        name_process(before)


def test_a_system_that_knows_no_names_is_no_reason_to_fail(monkeypatch, tmp_path):
    monkeypatch.setattr(process_name, "_COMM", tmp_path / "nowhere" / "comm")

    name_process("pratique web")
