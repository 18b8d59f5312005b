"""`make bench-against REV=…`: does the working tree take more CPU for a call than that commit does?

Both are called in turn, in three rounds of one run, each with fresh processes. CPU time depends little on what else
the machine does, and what it does strikes both. `VIVA_BENCH_LOAD=0.05` makes a twentieth of the calls, for trying out.
"""

import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.against.measuring import NAMES, Load, measured
from benchmarks.against.trees import Tree, UnknownCommit, commit, committed, working
from benchmarks.against.verdict import Figure, middle

_ROUNDS = 3


def main(arguments: Sequence[str]) -> int:
    """Print the table; 1 if a figure got worse in every round or is missing, 2 if there is nothing to compare."""
    rev = arguments[0] if arguments else "HEAD~1"
    try:
        commit(rev)
    except UnknownCommit as unknown:
        print(f"bench-against: {unknown}", file=sys.stderr)
        return 2
    # terminated, it removes the worktree and stops the server as well
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    figures = _compared(rev, Load().times(float(os.environ.get("VIVA_BENCH_LOAD", "1"))))
    complaints = [figure.complaint for figure in figures if figure.complaint]
    for complaint in complaints:
        print(f"bench-against: {complaint}", file=sys.stderr)
    return 1 if complaints else 0


def _compared(rev: str, load: Load) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="viva-against-") as name:
        folder = Path(name)
        after = working(folder / "after")
        with committed(rev, folder / "before") as before:
            figures = _rounds(before, after, folder, load)
            _show(before, after, figures)
    return figures


def _rounds(before: Tree, after: Tree, folder: Path, load: Load) -> list[Figure]:
    """Fresh processes in each round, and another order, so that neither is one tree's luck."""
    rounds = []
    for number in range(1, _ROUNDS + 1):
        print(f"round {number} of {_ROUNDS}", file=sys.stderr, flush=True)
        order = (before, after) if number % 2 else (after, before)
        rounds.append(measured(order, folder / str(number), load))
    return [
        Figure(name, *([costs[tree].get(name) for costs in rounds] for tree in (before, after)))
        for name in NAMES
    ]


def _show(before: Tree, after: Tree, figures: Sequence[Figure]) -> None:
    rounds = " | ".join(f"round {number}" for number in range(1, _ROUNDS + 1))
    print(f"| CPU a call | {before.name} | {after.name} | {rounds} | median | |")
    print("| --- " * (_ROUNDS + 5) + "|")
    for figure in figures:
        ratios = " | ".join(_times(ratio) for ratio in (*figure.ratios, figure.ratio))
        costs = f"{_time(middle(figure.before))} | {_time(middle(figure.after))}"
        print(f"| {figure.name} | {costs} | {ratios} | {'**fails**' if figure.complaint else 'passes'} |")


def _times(ratio: float | None) -> str:
    return "?" if ratio is None else f"{ratio:.2f}"


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "?"
    return f"{seconds * 1e3:.2f} ms" if seconds >= 0.001 else f"{seconds * 1e6:.0f} µs"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
