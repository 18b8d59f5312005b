"""Storage remembers: tables, queries and migrations; what they mean is decided in `domain`, what is done in `tools`."""
