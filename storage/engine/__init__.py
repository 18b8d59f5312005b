"""How statements run: connections, commits, prepared statements, pages, counters; no table of a room of its own."""
