"""Rules of other registries and tools, told anew from their published descriptions, to be measured in the same run."""
