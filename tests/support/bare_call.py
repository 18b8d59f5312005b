"""Waits for a server that `make run` starts and has it run a candidate's code: `bare_call.py PORT LOG PROCESS`.

Uses nothing that is not in Python: it runs beside `make run`, before anything is installed.
"""

import json
import re
import sys
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

_SECONDS = 600
_CODE = {
    "python": "print(int(input()) * 2)",
    "typescript": "const n: number = Number(require('fs').readFileSync(0, 'utf8')); console.log(n * 2)",
}


def main() -> int:
    """1 when the server is not ready in time or the code does not run."""
    port, log, process = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    began = time.monotonic()
    while not _ready(port):
        if time.monotonic() - began > _SECONDS or not _lives(process):
            print(f"make run was not ready after {time.monotonic() - began:.0f} s")
            return 1
        # waiting for another process: there is nothing to be woken by
        time.sleep(0.2)
    print(f"/ready answers 200 after {time.monotonic() - began:.0f} s")
    key = re.search(r"iv_live_\S+", log.read_text())
    if key is None:
        print("make run printed no key")
        return 1
    ran = [_runs(port, key.group(), language) for language in _CODE]
    return int(not all(ran))


def _ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _lives(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False
    # one that has ended and was not waited for yet
    return "State:\tZ" not in status


def _runs(port: int, key: str, language: str) -> bool:
    body = {"language": language, "code": _CODE[language], "stdin": "21\n"}
    headers = {"x-api-key": key, "content-type": "application/json"}
    ask = Request(f"http://127.0.0.1:{port}/api/v1/execute", json.dumps(body).encode(), headers)
    began = time.monotonic()
    try:
        with urlopen(ask, timeout=60) as answer:
            status, said = answer.status, answer.read().decode()
    except HTTPError as refused:
        status, said = refused.code, refused.read().decode()
    took = time.monotonic() - began
    ran: bool = status == 200 and json.loads(said)["data"]["stdout"] == "42\n"
    print(f"POST /api/v1/execute, {language}: {status} in {took:.2f} s{'' if ran else ': ' + said}")
    return ran


if __name__ == "__main__":
    sys.exit(main())
