"""One scanner for all processes of a node: they hand artefacts to it over a socket."""
