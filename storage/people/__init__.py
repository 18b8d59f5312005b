"""Queries about participants and erasing them. No rule lives here."""
