"""Releases that people look at: reports, the queue, what is decided, and how long that takes."""
