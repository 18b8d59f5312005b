"""Candidates' programs, each in a box of its own."""

from server.adapters.sandbox.sandbox import CASE_SECONDS, Sandbox

__all__ = ["CASE_SECONDS", "Sandbox"]
