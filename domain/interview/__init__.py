"""The conversation of an interview: moves, events, state, words, page messages; no clock, no database, no network."""
