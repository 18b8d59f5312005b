"""Runs a candidate's Python inside the box. It knows what to run, never what is expected.

Frames on the control socket are four bytes of length, then JSON. Whatever the candidate's code does to this process,
it can only change the answer, and answers are judged outside.
"""

import json
import os
import sys
import traceback
import types
from typing import Any, NoReturn

# What most candidates import. A box kept ready loads these modules in advance.
PRELOADED = (
    "abc bisect collections copy dataclasses datetime decimal enum fractions functools heapq inspect io itertools"
    " linecache math operator random re statistics string threading time typing"
)
FILE = "/tmp/main.py"


def receive(control: int) -> Any:
    header = take(control, 4)
    return json.loads(take(control, int.from_bytes(header, "big")))


def take(control: int, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = os.read(control, count - len(data))
        if not piece:
            os._exit(0)  # the server has closed the socket
        data += piece
    return data


def send(control: int, frame: dict[str, Any]) -> None:
    data = json.dumps(frame).encode()
    data = len(data).to_bytes(4, "big") + data
    while data:
        data = data[os.write(control, data) :]


def compile_source(source: str) -> tuple[types.CodeType | None, list[Any] | None]:
    """The compiled code, or line, column and message of the syntax error."""
    try:
        return compile(source, FILE, "exec", dont_inherit=True), None
    except SyntaxError as error:
        return None, [error.lineno or 1, max(error.offset or 1, 1), error.msg]
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return None, [1, 1, str(error) or type(error).__name__]


def print_traceback(error: BaseException) -> None:
    """Print the traceback, starting at the candidate's file."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != FILE:
        trace = trace.tb_next
    lines = traceback.format_exception(type(error), error, trace, limit=-40)
    sys.stderr.write("".join(lines)[-16384:])
    sys.stderr.flush()


def status_of(ending: SystemExit) -> int:
    """The exit status that the interpreter gives for `sys.exit(...)`."""
    if ending.code is None:
        return 0
    if isinstance(ending.code, int):
        return ending.code & 0xFF
    sys.stderr.write(f"{ending.code}\n")
    return 1


def run_module(code: types.CodeType, name: str) -> dict[str, Any]:
    module = types.ModuleType(name)
    module.__file__ = FILE
    sys.modules[name] = module
    exec(code, module.__dict__)
    return module.__dict__


def find_function(names: dict[str, Any], entry_point: str) -> Any:
    """The function named by `entry_point`; None when there is none."""
    owner, _, method = entry_point.partition(".")
    found = names.get(owner)
    if method and isinstance(found, type):
        return getattr(found(), method, None)
    if not method and found is None and isinstance(names.get("Solution"), type):
        return getattr(names["Solution"](), owner, None)
    return found if not method else None


def call(function: Any, args: list[Any]) -> dict[str, Any]:
    """Call the function, and return the outcome as a frame."""
    try:
        value = function(*args)
        if isinstance(value, types.CoroutineType):
            import asyncio

            value = asyncio.run(value)
        text = json.dumps(value, allow_nan=False)
    except MemoryError:
        return {"ended": "memory_limit"}
    except SystemExit as ending:
        status_of(ending)
        return {"ended": "runtime_error"}
    except BaseException as error:
        print_traceback(error)
        return {"ended": "runtime_error"}
    return {"ended": "finished", "value": text}


def main(control: int, *, preload: bool) -> int:
    if preload:
        for name in PRELOADED.split():
            __import__(name)
    send(control, {"ready": True})
    task = receive(control)
    code, error = compile_source(task["code"])
    if code is None:
        send(control, {"compile_error": error})
        os._exit(1)
    with open(FILE, "w", encoding="utf-8", errors="surrogatepass") as file:
        file.write(task["code"])
    entry_point = task["entry_point"]
    sys.argv = [FILE]
    sys.path.insert(0, "/tmp")
    try:
        names = run_module(code, "__main__" if entry_point is None else "solution")
    except MemoryError:
        send(control, {"ended": "memory_limit"})
        os._exit(1)
    except SystemExit as ending:
        end(status_of(ending))
    except BaseException as error:
        print_traceback(error)
        end(1)
    if entry_point is None:
        leave()
    try:
        function = find_function(names, entry_point)
    except BaseException as error:
        print_traceback(error)
        end(1)
    if not callable(function):
        sys.stderr.write(f"There is no function {entry_point} in this code.\n")
        end(1)
    while True:
        frame = call(function, task["args"])
        sys.stdout.flush()
        sys.stderr.flush()
        send(control, frame)
        task = receive(control)


def leave() -> NoReturn:
    """End as the interpreter does, but without tearing down modules first."""
    if "threading" in sys.modules:
        sys.modules["threading"]._shutdown()
    import atexit

    atexit._run_exitfuncs()
    end(0)


def end(status: int) -> NoReturn:
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), preload=sys.argv[2] == "preload"))
