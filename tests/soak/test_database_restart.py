"""PostgreSQL goes away in the middle of the load and comes back."""

from pathlib import Path

from tests.soak.checks import check_observations
from tests.soak.runner import Plan, run_plan
from tests.support.postgres import Cluster


def test_postgresql_restarts_under_load_and_afterwards_nothing_fails_and_nothing_is_missing(
    tmp_path: Path,
) -> None:
    own = Cluster()
    try:
        with own.fresh() as url:
            plan = Plan(sessions=40, credits=34, kills=0, restarts=2, replicas=2, seed=3)
            seen = run_plan(plan, tmp_path, [{"VIVA_DATABASE_URL": url}] * 2, restart=own.restart)
            check_observations(plan, seen)
            assert seen.late_troubles == [], "requests that came after the database was back"
    finally:
        own.remove()
