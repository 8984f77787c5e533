"""One folder an ecosystem, all pure, the same rooms in each; none knows another."""
