"""The MCP face: operations as tools, records as resources, prompts. No rule and no access to storage lives here."""
