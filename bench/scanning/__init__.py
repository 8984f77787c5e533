"""What `bench scan` measures with: popular packages, look-alikes, GuardDog beside us."""
