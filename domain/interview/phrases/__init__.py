"""The interviewer's sentences when no model words them: one data file for each language, and what reads it."""
