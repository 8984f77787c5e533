"""`python -m pratique` is `pratique`."""

from pratique.cli.main import run

if __name__ == "__main__":
    run()
