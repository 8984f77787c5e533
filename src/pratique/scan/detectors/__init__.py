"""What to look for, one file each; `registry` lists them all."""
