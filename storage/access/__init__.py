"""Queries about workspaces, keys, credits and the audit log. `tools` decides who may do what."""
