"""Queries about what an interview is made from: profiles, templates, stages, questions. No rule lives here."""
