"""The rules of interviews as pure functions and values: no clock, no database, no network, no web framework."""
