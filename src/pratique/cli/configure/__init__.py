"""`pratique configure`: point npm, pip or uv at a server, and take it back exactly."""
