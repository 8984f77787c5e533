"""The parts of `bench serve`: what is served, by whom, how it is asked for, and what it cost."""
