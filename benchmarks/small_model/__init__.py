"""A real small language model on this machine, and what Viva measures with it."""
