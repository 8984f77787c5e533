"""What an operator may decide: one TOML file and the environment, read into frozen values."""

from pratique.settings.reading import load_settings
from pratique.settings.values import Settings

__all__ = ["Settings", "load_settings"]
