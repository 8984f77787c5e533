"""The parts of `bench faults`: a deployment, load on it, faults in it, and a ledger of what has to be true."""
