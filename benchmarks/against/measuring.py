"""The figures of one round: both trees are served, and called in turn in slices, so that noise strikes both alike."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.against.cpu import idle_shares, seconds_spent
from benchmarks.against.sides import Side, Unmeasured, blamed, running
from benchmarks.against.trees import Tree

GET, POST, MCP, MAIL = "GET one session", "POST session", "MCP `get_session`", "mail delivered"
NAMES = (GET, POST, MCP, MAIL)
_DAY = "86400"
_SLICES = 6
Costs = dict[Tree, dict[str, float]]


@dataclass(frozen=True)
class Load:
    """How many calls of each kind: about a second of CPU for each."""

    warm_up: int = 200
    gets: int = 6_000
    tools: int = 2_400
    posts: int = 1_500
    mails: int = 150
    idle_seconds: float = 4.0

    def times(self, share: float) -> "Load":
        """The same at another size; idling is looked at for as long, as a glance at it says nothing."""

        def some(calls: int) -> int:
            return max(1, round(calls * share))

        return Load(
            some(self.warm_up),
            some(self.gets),
            some(self.tools),
            some(self.posts),
            some(self.mails),
        )


def measured(trees: Sequence[Tree], folder: Path, load: Load) -> Costs:
    """Seconds of CPU a call, by tree and name; what could not be measured is said and left out."""
    costs: Costs = {tree: {} for tree in trees}
    for part in (_calls, _mails):
        try:
            part(costs, folder / part.__name__, load)
        except Unmeasured as reason:
            print(reason, file=sys.stderr)
    return costs


def _calls(costs: Costs, folder: Path, load: Load) -> None:
    """Three kinds of calls; mails stay in their hold window. Bookings come last, as they fill the queue."""
    hold = {"VIVA_HOLD_SECONDS_REST": _DAY, "VIVA_HOLD_SECONDS_MCP": _DAY}
    with _serving(list(costs), folder, hold) as sides:
        for side in sides:
            with blamed(side.tree):
                side.check_tool()
                for ask in (side.reading, side.tool, side.booking):
                    side.send(ask, load.warm_up)
        _idle(sides, load)
        _in_turn(costs, GET, sides, load.gets, lambda side, calls: side.send(side.reading, calls))
        _in_turn(costs, MCP, sides, load.tools, lambda side, calls: side.send(side.tool, calls))
        _in_turn(costs, POST, sides, load.posts, lambda side, calls: side.send(side.booking, calls))


def _mails(costs: Costs, folder: Path, load: Load) -> None:
    """Bookings whose mails leave at once."""
    with _serving(list(costs), folder, {"VIVA_HOLD_SECONDS_REST": "0"}) as sides:
        for side in sides:
            with blamed(side.tree):
                side.deliver(max(1, load.mails // 10))
        _idle(sides, load)
        _in_turn(costs, MAIL, sides, load.mails, Side.deliver)


@contextmanager
def _serving(trees: Sequence[Tree], folder: Path, settings: Mapping[str, str]) -> Iterator[list[Side]]:
    with ExitStack() as stack:
        yield [stack.enter_context(running(tree, folder / tree.root.name, settings)) for tree in trees]


def _idle(sides: Sequence[Side], load: Load) -> None:
    shares = idle_shares([side.server.pid for side in sides], load.idle_seconds)
    for side, share in zip(sides, shares, strict=True):
        side.idle = share


def _in_turn(
    costs: Costs, name: str, sides: Sequence[Side], calls: int, work: Callable[[Side, int], None]
) -> None:
    """Only one is called at a time; who comes first changes from slice to slice."""
    each = max(1, calls // _SLICES)
    spent = dict.fromkeys(sides, 0.0)
    for number in range(_SLICES):
        for side in sides if number % 2 == 0 else reversed(sides):
            with blamed(side.tree):
                spent[side] += _spent(side, each, work)
    for side, seconds in spent.items():
        costs[side.tree][name] = seconds / (each * _SLICES)


def _spent(side: Side, calls: int, work: Callable[[Side, int], None]) -> float:
    return seconds_spent(side.server.pid, side.idle, lambda: work(side, calls))
