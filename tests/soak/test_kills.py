"""Nothing is lost, nothing happens twice while servers are killed. The long version is `make soak`."""

from pathlib import Path

from tests.soak.checks import check_observations
from tests.soak.runner import Plan, run_plan
from tests.support.postgres import Cluster


def test_one_server_on_sqlite_is_killed_three_times(tmp_path: Path) -> None:
    plan = Plan(sessions=40, credits=34, kills=3)
    check_observations(plan, run_plan(plan, tmp_path, [{}]))


def test_two_replicas_on_postgresql_are_killed_three_times_and_one_stays_down(
    tmp_path: Path, cluster: Cluster
) -> None:
    plan = Plan(sessions=40, credits=34, kills=3, replicas=2, last_stays_down=True, seed=2)
    with cluster.fresh() as url:
        check_observations(plan, run_plan(plan, tmp_path, [{"VIVA_DATABASE_URL": url}] * 2))
