"""Who somebody is: accounts, sign-in, sessions, tokens, one-time codes."""
