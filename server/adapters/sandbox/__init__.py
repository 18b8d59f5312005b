"""Candidates' programs, each in a box of its own. What a program should return is compared here, never in the box."""

from server.adapters.sandbox.sandbox import CASE_SECONDS, Sandbox

__all__ = ["CASE_SECONDS", "Sandbox"]
