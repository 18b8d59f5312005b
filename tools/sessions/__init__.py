"""Operations on sessions, and the one life of a session in `transitions`; scoring is decided in `domain`."""
