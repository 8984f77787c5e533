"""What processes of one server say to each other, and how they split off from one that has loaded the program."""
