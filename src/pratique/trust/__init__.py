"""Who may do what: passwords, tokens, sessions, and the one table of permissions."""
