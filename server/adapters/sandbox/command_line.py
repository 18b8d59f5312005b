"""The command line that builds a box: drop root, bubblewrap, limits, the interpreter."""

import itertools
import os

from server.adapters.sandbox.cgroups import Group
from server.adapters.sandbox.programs import find_program
from server.adapters.sandbox.runtimes import MIB, Runtime

_DISK_BYTES = 16 * MIB
_INIT_AT = "/run/viva/sh"
_uids = itertools.cycle(range(61_000, 64_000))


class NoBox(Exception):
    """The box could not be built. The message is bubblewrap's own, for the operator's log."""


def enter(group: Group) -> list[str]:
    """The start of the command line that enters the control group. Where that fails, the box is not built."""
    writes = "".join(f'echo 0 > "{file}" && ' for file in group.files)
    return ["/bin/sh", "-c", f'{writes}exec "$@"', "sh"]


def command(
    runtime: Runtime, programs: str, control: int, info: int, harness: int, filter_: int, shell: int
) -> list[str]:
    """The whole command line: drop root, build the box, set limits, start the interpreter.

    The first process in the box is a shell that waits for the interpreter. Its file can be run and not read. The
    kernel therefore refuses others of the same user its memory, its files and tracing (it is not dumpable).
    """
    return [
        *_drop_root(programs),
        program_path("bwrap", programs),
        "--unshare-all",
        "--unshare-user",
        "--uid",
        "65534",
        "--gid",
        "65534",
        "--disable-userns",
        "--cap-drop",
        "ALL",
        "--hostname",
        "box",
        "--new-session",
        "--die-with-parent",
        "--as-pid-1",
        "--info-fd",
        str(info),
        "--clearenv",
        "--setenv",
        "PATH",
        "/usr/bin",
        "--setenv",
        "HOME",
        "/tmp",
        "--setenv",
        "LANG",
        "C.UTF-8",
        *_file_binds(runtime),
        "--ro-bind-data",
        str(harness),
        runtime.harness_at,
        "--perms",
        "0111",
        "--ro-bind-data",
        str(shell),
        _INIT_AT,
        "--size",
        str(_DISK_BYTES),
        "--tmpfs",
        "/tmp",
        "--remount-ro",
        "/dev",
        "--remount-ro",
        "/",
        "--chdir",
        "/tmp",
        "--seccomp",
        str(filter_),
        "--",
        *_init(control),
        *_resource_limits(runtime),
        *runtime.command,
        runtime.harness_at,
        str(control),
    ]


def _file_binds(runtime: Runtime) -> list[str]:
    parts = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "lib", "lib64", "sbin"):
        if os.path.islink(f"/{name}"):
            parts += ["--symlink", f"usr/{name}", f"/{name}"]
        elif os.path.isdir(f"/{name}"):
            parts += ["--ro-bind", f"/{name}", f"/{name}"]
    for place, inside in runtime.binds:
        parts += ["--ro-bind", place, inside]
    # Mapped and shared, /dev/zero is memory that no process shows.
    return [*parts, "--proc", "/proc", "--dev", "/dev", "--dev-bind", "/dev/null", "/dev/zero"]


def _init(control: int) -> list[str]:
    """The start of the command line of the box's first process. It says nothing itself: errors are the program's."""
    spare = 8 if control == 9 else 9
    script = f'exec {spare}>&2 2>/dev/null; ( exec "$@" 2>&{spare} {spare}>&- ); exit $?'
    return [_INIT_AT, "-c", script, "sh"]


def _resource_limits(runtime: Runtime) -> list[str]:
    limits = [
        "--core=0",
        "--nofile=256",
        f"--fsize={_DISK_BYTES}",
        f"--nproc={runtime.processes}",
        "--cpu=16",
        "--sigpending=1024",
    ]
    if runtime.address_space:
        limits.append(f"--as={runtime.address_space}")
    if runtime.data:
        limits.append(f"--data={runtime.data}")
    return ["/usr/bin/prlimit", *limits]


def _drop_root(programs: str) -> list[str]:
    """The start of the command line that drops root, with a different user for each box."""
    if os.geteuid() != 0:
        return []
    uid = next(_uids)
    return [program_path("setpriv", programs), f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--"]


def program_path(name: str, programs: str) -> str:
    """Where a program is. Raises `NoBox`, which says what to install."""
    try:
        return find_program(name, programs)
    except FileNotFoundError:
        package = {"bwrap": "bubblewrap", "sh": "dash"}.get(name, "util-linux")
        raise NoBox(f"{name} is not there: install the package {package}") from None
