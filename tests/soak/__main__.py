"""The long version: 300 sessions, 20 kills on SQLite and 20 on PostgreSQL with two replicas. Prints what was seen."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.soak.checks import check_observations
from tests.soak.runner import Observations, Plan, run_plan
from tests.support.postgres import Cluster

_SESSIONS, _CREDITS, _KILLS = 300, 270, 20


def _on_sqlite(seed: int) -> tuple[Plan, Observations]:
    plan = Plan(_SESSIONS, _CREDITS, _KILLS, seed=seed)
    with TemporaryDirectory() as home:
        return plan, run_plan(plan, Path(home), [{}])


def _on_postgresql(seed: int) -> tuple[Plan, Observations]:
    plan = Plan(_SESSIONS, _CREDITS, _KILLS, replicas=2, last_stays_down=True, seed=seed)
    cluster = Cluster()
    try:
        with TemporaryDirectory() as home, cluster.fresh() as url:
            return plan, run_plan(plan, Path(home), [{"VIVA_DATABASE_URL": url}] * 2)
    finally:
        cluster.remove()


def main() -> int:
    """1 when something that must hold did not."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    failed = 0
    for name, run in (("SQLite", _on_sqlite), ("PostgreSQL, two replicas", _on_postgresql)):
        plan, seen = run(seed)
        print(f"\n{name}, seed {seed}\n{seen.table()}", flush=True)
        try:
            check_observations(plan, seen)
        except AssertionError as broken:
            print(f"BROKEN: {broken}", flush=True)
            failed = 1
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
