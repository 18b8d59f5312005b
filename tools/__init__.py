"""Tools act: one typed function for each thing that can be done; no face, no web framework, no outside service."""
