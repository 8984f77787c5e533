"""Inert look-alikes of what harmful packages do, one for each technique, each with a harmless twin.

Nothing here is real malware, nothing of it was copied, and nothing is ever run: the files are written as text, point
to `example.test` and 192.0.2.0/24 only, and hold no payload.
"""
