"""`pratique scan`: artefacts of this machine, looked at in the cage."""
