"""Values and ports: the words of the design as frozen structs. Imports nothing of ours."""
