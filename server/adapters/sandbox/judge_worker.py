"""A worker process that compares answers. It is started with the source of `domain.code.matching` and nothing else.

Frames on standard input and output are four bytes of length, then a line of JSON, then text. A question's text is the
answer to judge, a reply's text is what can be shown of it.
"""

import json
import resource
import sys
import types
from typing import Any, BinaryIO


def main(source: str, memory_bytes: int) -> None:
    """Judge until standard input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    matching = types.ModuleType("matching")
    sys.modules[matching.__name__] = matching
    exec(source, matching.__dict__)
    while (question := receive(sys.stdin.buffer)) is not None:
        head, text = question
        send(sys.stdout.buffer, *judge(matching, head, text))


def judge(matching: Any, head: dict[str, Any], text: str) -> tuple[dict[str, Any], str]:
    comparison = matching.Comparison(matching.Kind(head["kind"]), head["tolerance"])
    compare = comparison.judge_printed if head["printed"] else comparison.judge_returned
    try:
        found = compare(text, head["expected"])
    except MemoryError:
        return {"outcome": "different", "reason": "The answer is too large to compare.", "shown": False}, ""
    reply = {"outcome": found.outcome, "reason": found.reason, "shown": found.shown is not None}
    return reply, found.shown or ""


def receive(pipe: BinaryIO) -> tuple[dict[str, Any], str] | None:
    """The next frame; None at the end of the input."""
    size = pipe.read(4)
    if len(size) < 4:
        return None
    head, _, text = pipe.read(int.from_bytes(size, "big")).partition(b"\n")
    return json.loads(head), text.decode("utf-8", "surrogatepass")


def send(pipe: BinaryIO, head: dict[str, Any], text: str) -> None:
    body = json.dumps(head).encode() + b"\n" + text.encode()
    pipe.write(len(body).to_bytes(4, "big") + body)
    pipe.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
