"""The operation that runs code; the sandbox itself is an adapter of the server."""
