"""The running server: faces, background work, connections to the outside. Business rules do not live here."""
