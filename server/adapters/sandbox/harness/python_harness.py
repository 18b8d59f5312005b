"""Runs a candidate's Python inside the box. It knows what to run, never what is expected.

Frames on the control socket are four bytes of length, then a line of JSON, then perhaps text. Whatever the
candidate's code does to this process, it can only change the answer, and answers are judged outside.
"""

import builtins
import json
import os
import sys
import traceback
import types
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

# What most candidates import. A box kept ready loads these modules in advance.
PRELOADED = (
    "abc bisect collections copy dataclasses datetime decimal enum fractions functools heapq inspect io itertools"
    " linecache math operator random re statistics string threading time typing"
)
FILE = "/tmp/main.py"
# What judges of programming contests import before a program, so that people leave it out.
MODULES = (
    "array bisect collections copy datetime decimal fractions functools heapq io itertools json math operator os"
    " random re string sys time typing"
)
NAMES = {
    "bisect": "bisect_left bisect_right insort insort_left insort_right",
    "collections": "ChainMap Counter OrderedDict defaultdict deque namedtuple",
    "dataclasses": "dataclass",
    "decimal": "Decimal",
    "enum": "Enum IntEnum",
    "fractions": "Fraction",
    "functools": "cache cached_property cmp_to_key lru_cache partial reduce wraps",
    "heapq": "heapify heappop heappush heappushpop heapreplace nlargest nsmallest",
    "itertools": (
        "accumulate chain combinations combinations_with_replacement compress count cycle dropwhile filterfalse groupby"
        " islice pairwise permutations product repeat starmap takewhile tee zip_longest"
    ),
    "math": (
        "acos asin atan atan2 ceil comb cos dist exp factorial floor gcd hypot inf isclose isqrt lcm log log10 log2"
        " nan perm pi prod sin sqrt tan"
    ),
    "operator": "add and_ attrgetter itemgetter mul or_ sub xor",
    "random": "choice randint",
    "string": "ascii_letters ascii_lowercase ascii_uppercase digits",
    "typing": (
        "Any Callable ClassVar DefaultDict Deque Dict Final FrozenSet Generator Generic Hashable Iterable Iterator List"
        " Literal Mapping MutableMapping NamedTuple NoReturn Optional Protocol Sequence Set SupportsFloat SupportsInt"
        " Tuple Type TypeVar TypedDict Union cast overload"
    ),
}
M_ARENA_MAX = -8
MAX_DIGITS = 4300


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


def send(control: int, frame: dict[str, Any], text: str | None = None) -> None:
    data = json.dumps(frame).encode() + (b"" if text is None else b"\n" + text.encode())
    data = len(data).to_bytes(4, "big") + data
    while data:
        data = data[os.write(control, data) :]


def compile_source(source: str) -> tuple[types.CodeType | None, list[Any] | None]:
    """The compiled code, or line, column and message of the syntax error."""
    try:
        return compile(source, FILE, "exec", dont_inherit=True), None
    except SyntaxError as error:
        return None, [error.lineno or 1, max(error.offset or 1, 1), error.msg[:500]]
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return None, [1, 1, str(error)[:500] or type(error).__name__]


def prepare() -> None:
    """Make the interpreter like one that was started without options, within the limits of a box."""
    from _sitebuiltins import Quitter, _Helper

    builtins.exit = Quitter("exit", "Ctrl-D (i.e. EOF)")
    builtins.quit = Quitter("quit", "Ctrl-D (i.e. EOF)")
    builtins.help = _Helper()
    sys.set_int_max_str_digits(0)
    try:
        import ctypes

        # Each thread's own arena reserves 64 MiB of address space, which is limited. One arena is enough.
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
    except (ImportError, OSError, AttributeError):
        pass  # no glibc: no arenas


def offer_names(code: types.CodeType) -> None:
    """Define what judges of contests import in advance, as far as the code mentions it.

    The names are builtins, so everything that the code defines or imports itself comes before them.
    """
    mentioned = set(names_in(code))
    for name in mentioned.intersection(MODULES.split()):
        setattr(builtins, name, __import__(name))
    for module, names in NAMES.items():
        for name in mentioned.intersection(names.split()):
            setattr(builtins, name, getattr(__import__(module), name))


def names_in(code: types.CodeType) -> Iterator[str]:
    waiting = [code]
    while waiting:
        one = waiting.pop()
        yield from one.co_names
        waiting += [inner for inner in one.co_consts if isinstance(inner, types.CodeType)]


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


class NotComparable(Exception):
    """A returned value that JSON cannot express. The message says what to return instead."""


def to_json(value: Any, unordered_depth: int) -> str:
    """The value as JSON. Raises `NotComparable`."""
    limit = sys.get_int_max_str_digits()
    # Writing a long number takes time with the square of its length.
    sys.set_int_max_str_digits(MAX_DIGITS)
    try:
        return write(value, unordered_depth)
    finally:
        sys.set_int_max_str_digits(limit)


def write(value: Any, unordered_depth: int) -> str:
    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        pass  # slower, and in words
    except RecursionError:
        raise NotComparable("a value that is nested too deeply") from None
    try:
        return json.dumps(plain(value, unordered_depth), allow_nan=False)
    except RecursionError:
        raise NotComparable("a value that is nested too deeply or contains itself") from None
    except ValueError:
        raise NotComparable(f"a number of more than {MAX_DIGITS} digits") from None


def plain(value: Any, unordered_depth: int) -> Any:
    """The value made of lists, dictionaries and constants.

    Sets become lists only at the levels at which the order of a list does not count.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise NotComparable(f"{value}, which is no number of JSON")
        return value
    if isinstance(value, dict):
        return {plain_key(key): plain(one, unordered_depth - 1) for key, one in value.items()}
    if isinstance(value, set | frozenset):
        if unordered_depth < 1:
            name = type(value).__name__
            raise NotComparable(
                f"a {name}, which has no order: return a sorted list, or compare in any order"
            )
        return [plain(one, unordered_depth - 1) for one in value]
    if isinstance(value, LISTS):
        return [plain(one, unordered_depth - 1) for one in value]
    for module, name, convert in CONVERSIONS:
        if isinstance(value, getattr(sys.modules.get(module), name, ())):
            return plain(convert(value), unordered_depth)
    name = type(value).__name__
    if isinstance(value, Iterator):
        raise NotComparable(f"a {name}: return a list of it")
    raise NotComparable(f"a {name}, which JSON cannot express")


def from_decimal(number: Any) -> int | float:
    return int(number) if number.is_finite() and number == number.to_integral_value() else float(number)


LISTS: tuple[type[Any], ...] = (list, tuple, range, type({}.keys()), type({}.values()), type({}.items()))
# Module, class and how to convert its objects. A class of a module that was not imported has none.
CONVERSIONS: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("collections", "deque", list),
    ("array", "array", list),
    ("decimal", "Decimal", from_decimal),
    ("fractions", "Fraction", lambda number: int(number) if number.denominator == 1 else float(number)),
)


def plain_key(key: Any) -> Any:
    if key is None or isinstance(key, str | int | float):
        return key
    raise NotComparable(f"a dict with a {type(key).__name__} as key: keys of JSON are text")


def call(function: Any, text: str, unordered_depth: int) -> tuple[dict[str, Any], str | None]:
    """Call the function with arguments given as JSON, and return the outcome as a frame.

    The frame's text is the value that was returned. If nothing was returned and the first argument has changed, it is
    that argument.
    """
    try:
        args = json.loads(text)
        value = function(*args)
        if isinstance(value, types.CoroutineType):
            import asyncio

            value = asyncio.run(value)
        if value is None and args and isinstance(args[0], list | dict) and args[0] != json.loads(text)[0]:
            try:
                return {"ended": "finished", "changed": True}, to_json(args[0], unordered_depth)
            except NotComparable:
                pass  # then it is no answer, and nothing was returned
        return {"ended": "finished"}, to_json(value, unordered_depth)
    except MemoryError:
        return {"ended": "memory_limit"}, None
    except NotComparable as error:
        sys.stderr.write(f"The function returned {error}.\n")
    except SystemExit as ending:
        status_of(ending)
        sys.stderr.write("The function ended the program instead of returning.\n")
    except BaseException as error:
        print_traceback(error)
    return {"ended": "runtime_error"}, None


def main(control: int, *, preload: bool) -> int:
    if preload:
        for name in PRELOADED.split():
            __import__(name)
    prepare()
    send(control, {"ready": True})
    task = receive(control)
    code, error = compile_source(task["code"])
    if code is None:
        send(control, {"compile_error": error})
        os._exit(1)
    with open(FILE, "w", encoding="utf-8", errors="surrogatepass") as file:
        file.write(task["code"])
    offer_names(code)
    entry_point, unordered_depth = task["entry_point"], task.get("unordered_depth", 0)
    sys.argv = [FILE]
    sys.path.insert(0, "/tmp")
    # Whatever comes after this on the socket may be the candidate's own.
    send(control, {"started": True})
    try:
        names = run_module(code, "__main__" if entry_point is None else "solution")
    except MemoryError:
        send(control, {"ended": "memory_limit"})
        os._exit(1)
    except SystemExit as ending:
        status = status_of(ending)
        if entry_point is not None:
            sys.stderr.write("The program ended before its function was called.\n")
        leave(status)
    except BaseException as error:
        print_traceback(error)
        leave(1)
    if entry_point is None:
        leave(0)
    try:
        function = find_function(names, entry_point)
    except BaseException as error:
        print_traceback(error)
        end(1)
    if not callable(function):
        sys.stderr.write(f"There is no function {entry_point} in this code.\n")
        end(1)
    while True:
        frame, text = call(function, task["args"], unordered_depth)
        sys.stdout.flush()
        sys.stderr.flush()
        send(control, frame, text)
        task = receive(control)


def leave(status: int) -> NoReturn:
    """End as the interpreter does: after the threads and what was registered. Modules are not torn down."""
    if "threading" in sys.modules:
        sys.modules["threading"]._shutdown()
    import atexit

    atexit._run_exitfuncs()
    end(status)


def end(status: int) -> NoReturn:
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), preload=sys.argv[2] == "preload"))
