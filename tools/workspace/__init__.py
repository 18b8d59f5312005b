"""Operations on the workspace itself and its audit log."""
