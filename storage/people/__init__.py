"""Queries about participants and erasing them; no rule."""
