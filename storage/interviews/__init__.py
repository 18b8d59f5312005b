"""Queries about sessions, their logs, plans, scorecards and reviews; no step of a session is decided here."""
