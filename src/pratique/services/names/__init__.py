"""Which names there are, what new ones resemble, and who keeps, disputes or asks for them."""
