"""Requests to run a candidate's code and the verdicts on its results; nothing here runs code."""
