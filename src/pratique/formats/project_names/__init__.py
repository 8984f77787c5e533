"""How each public registry spells the name of a project, and which names nobody may newly take: one file each."""
