"""One file for each step of the schema, never changed after a release."""
