"""The running server: faces, background work, connections to the outside. No business rule and no query lives here."""
