"""What an operator uses: health, readiness, metrics, the doctor and the commands."""

import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.support.postgres import Cluster
from tests.support.rest_face import RestFace
from tests.support.server_process import ServerProcess


async def test_health_readiness_and_metrics_need_no_key(rest: RestFace) -> None:
    assert (await rest.http.get("/health")).json() == {"status": "ok"}
    ready = await rest.http.get("/ready")
    assert (ready.status_code, ready.json()["checks"]["database"]) == (200, True)
    await rest.ask("list_sessions")
    metrics = (await rest.http.get("/metrics")).text
    assert 'viva_calls_total{face="rest",operation="list_sessions",status="200"}' in metrics
    assert rest.key not in metrics


def test_the_commands_work_beside_a_running_server(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server:
        assert "ok   database: SQLite" in server.viva("doctor")
        assert server.viva("workspace", "create", "acme", "--name", "Acme", "--credits", "1").startswith(
            "workspace acme"
        )
        key = server.viva(
            "key", "create", "--workspace", "acme", "--name", "ATS", "--scopes", "candidates.read"
        )
        with httpx.Client(base_url=server.url, headers={"x-api-key": key}) as http:
            assert http.get("/api/v1/participants").status_code == 200
            assert http.get("/api/v1/sessions").status_code == 403
            [row] = server.viva("key", "list", "--workspace", "acme").splitlines()
            assert "live" in row
            assert server.viva("key", "revoke", row.split("\t")[0], "--workspace", "acme") == "revoked"
            assert http.get("/api/v1/participants").status_code == 401
        assert "0 entries, the chain is whole" in server.viva("audit", "verify", "--workspace", "acme")
        for wrong in (
            ["workspace", "create", "acme"],
            ["workspace", "create", "A b"],
            ["key", "create", "--name", "x"],
        ):
            with pytest.raises(subprocess.CalledProcessError) as refused:
                server.viva(*wrong)
            assert refused.value.returncode == 2
            assert refused.value.stderr.strip()


def test_a_second_server_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with ServerProcess(tmp_path) as server, pytest.raises(subprocess.CalledProcessError) as refused:
        server.viva("serve")
    assert refused.value.returncode == 3
    assert "Another Viva runs" in refused.value.stderr


def test_it_drains_when_told_to_stop(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path)
    server.start()
    # uvicorn finishes its work and then lets the signal have its way
    assert server.stop() in (0, -signal.SIGTERM)
    assert "Application shutdown complete" in server.log.read_text()


def test_two_replicas_share_one_postgresql(cluster: Cluster, tmp_path: Path) -> None:
    with cluster.fresh() as url:
        shared = {"VIVA_DATABASE_URL": url, "VIVA_SECRET_KEY": "shared by both"}
        one, two = ServerProcess(tmp_path / "one", shared), ServerProcess(tmp_path / "two", shared)
        with one:
            two.key = one.key
            with two, httpx.Client(headers={"x-api-key": one.key}) as http:
                made = http.post(
                    f"{one.url}/api/v1/evaluation-templates",
                    json={"template_name": "B", "use_case": "hiring"},
                )
                read = http.get(f"{two.url}/api/v1/evaluation-templates/{made.json()['data']['id']}")
                assert read.json()["data"]["template_name"] == "B"
                assert http.get(f"{two.url}/ready").json()["checks"] == {"database": True, "queue": True}
