"""Reads code without running it: what each file can do, on which line, and when."""
