"""Helpers that several tests share: clients of the server, stand-ins for what surrounds it, and rows to begin with."""
