"""Queries about sessions, their logs, plans, scorecards and reviews; the steps of a session are decided elsewhere."""
