"""Looks for words in every byte of every file of a folder, however they may be written there."""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path

from domain.text.folding import fold


def forms(word: str) -> Iterator[bytes]:
    """The word as text in several encodings, inside JSON, as `search` keeps it, and inside base64."""
    for text in {word, word.casefold(), word.upper(), fold(word), json.dumps(word)[1:-1]}:
        yield text.encode()
        yield text.encode("utf-16-le")
        yield text.encode("utf-16-be")
        for before in range(3):
            # what surrounds the word decides about the first and the last letters of the base64
            encoded = b64encode(b"\0" * before + text.encode())
            whole = encoded[: len(encoded) - len(encoded) % 4 - 4]
            yield whole[4 if before else 0 :]


def leftovers(folder: Path, words: Iterable[str]) -> dict[str, set[str]]:
    """The words that each file of the folder holds; files without any are left out."""
    sought = {word: set(forms(word)) for word in words}
    found: dict[str, set[str]] = {}
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes()
        held = {word for word, shapes in sought.items() if any(shape in content for shape in shapes)}
        if held:
            found[path.name] = held
    return found
