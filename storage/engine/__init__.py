"""How statements run: connections, commits, prepared statements, pages, counters. Queries live elsewhere."""
