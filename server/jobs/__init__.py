"""Background jobs, each safe to run more than once. No HTTP handling and no rule lives here."""
