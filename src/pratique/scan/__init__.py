"""Looks for harm in artefacts: what runs where, what it does, and what changed. Nothing scanned is ever run."""
