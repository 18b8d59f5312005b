"""The tables and the records of their rows; no query."""
