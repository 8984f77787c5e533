"""Policy as pure functions: one file a rule, `decide` to ask them all, `policy` for how they are set."""
