"""`pratique configure`: point package clients at a server, and take it back exactly."""
