"""Advisories: the OSV model, its evaluation, import, and the starter set of known malware."""
