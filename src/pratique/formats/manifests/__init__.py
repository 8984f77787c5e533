"""What the files of a project depend on, for ecosystems whose packages this version does not serve."""
