"""Tests of the malware scan."""
