"""What every room of `tools` stands on: operations, the one door, units of work, shared shapes; no operation."""
