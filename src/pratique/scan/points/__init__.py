"""Where code runs, one file an ecosystem; `reach` follows what those files load."""
