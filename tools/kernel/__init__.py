"""What every room of `tools` stands on: operations, `perform`, units of work, shared shapes; no operation."""
