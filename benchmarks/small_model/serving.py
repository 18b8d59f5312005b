"""The small model as a server on loopback, for as long as a block lasts."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.small_model import llama_server
from benchmarks.small_model.download import model_file, runtime
from tests.support.postgres import free_port

ALIAS = "qwen2.5-coder-1.5b-instruct-q4_k_m"
_LOADING_SECONDS = 300
_LEAST_PRIORITY = 19


@contextmanager
def served(cache: Path) -> Iterator[str]:
    """The base URL of the endpoint. The server runs with the least priority and its log lies in `cache`."""
    cache.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [str(runtime(cache)), llama_server.__file__, str(model_file(cache)), ALIAS, str(port)]
    with (cache / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, preexec_fn=lambda: os.nice(_LEAST_PRIORITY)
        )
    try:
        _wait(f"http://127.0.0.1:{port}/health", process)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(30)


def settings(url: str) -> dict[str, str]:
    """The settings of a Viva that asks this endpoint."""
    return {"model": f"openai-compatible:{ALIAS}", "model_base_url": url}


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _LOADING_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(address, timeout=1).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise RuntimeError("The model's server did not start. Its log lies in the cache folder: server.log.")
