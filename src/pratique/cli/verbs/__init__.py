"""The commands that ask a verb of the table: one file for each noun."""
