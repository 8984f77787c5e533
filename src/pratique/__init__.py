"""A package registry and firewall that serves nothing before it is cleared."""
