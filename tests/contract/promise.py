"""How a test says which row of the contract it keeps."""

import pytest


def promise(*ids: str) -> pytest.MarkDecorator:
    """Mark a test as keeping these rows of `tests.contract.rows`; write the ids as literals, they are searched for."""
    return pytest.mark.promise(*ids)
