"""Listening without a model: what a candidate's message does, before anything is said to it."""
