"""Scans of artefacts: who is asked, what is compared, what is kept of it, and when."""
