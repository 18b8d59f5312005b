"""Queries about workspaces, keys, credits and the audit log; who may do what is decided in `tools`."""
