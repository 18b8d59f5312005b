"""The history of the schema, run by alembic; no query of today."""
