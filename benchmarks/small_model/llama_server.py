"""Serve a model on loopback as an OpenAI-compatible endpoint until terminated: `llama_server.py MODEL ALIAS PORT`.

Run by a Python that has xllamacpp and nothing of Viva.
"""

import importlib
import signal
import sys

_CONTEXT = 8_192


def main(model: str, alias: str, port: str) -> None:
    """Load the model and listen. One slot: calls wait for one another."""
    llama = importlib.import_module("xllamacpp")
    how = llama.CommonParams()
    how.model.path = model
    how.model_alias = {alias}
    how.port = int(port)
    how.n_ctx = _CONTEXT
    how.n_parallel = 1
    # On a machine that is busy two threads wait for each other at every token: 0.6 tokens a second, where one makes 4.
    how.cpuparams.n_threads = 1
    how.cpuparams_batch.n_threads = 2
    how.cpuparams.poll = how.cpuparams_batch.poll = 0
    # Warmer, a model of this size writes on to the end of the room it has. No penalty for repeating: quotes repeat.
    how.sampling.temp = 0.2
    server = llama.Server(how)
    print(server.listening_address, flush=True)
    signal.pause()


if __name__ == "__main__":
    main(*sys.argv[1:])
