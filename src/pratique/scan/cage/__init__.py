"""The cage: where hostile bytes are looked at, in a process that can do nothing else."""
