"""Formats that several ecosystems share, pure: archives, versions, structured text."""
