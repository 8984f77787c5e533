"""Advisories taken in from their sources, and told to whoever asks."""
