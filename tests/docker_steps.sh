#!/usr/bin/env bash
# The Dockerfile's steps on a machine without Docker: a wheel, a clean environment with exactly the locked
# dependencies, a start from an empty folder as somebody who is not root. Needs a package index; about a minute.
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d /tmp/viva-docker-XXXXXX)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
step() { printf '== %s (%ss)\n' "$1" "$SECONDS"; }

interpreter=$("${PYTHON:-python3}" -c 'import os, sys; print(os.path.realpath(sys.executable))')
as=()
if [ "$(id -u)" = 0 ]; then
    as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
    # an interpreter in root's own folder is of no use to anybody else
    "${as[@]}" test -r "$interpreter" || interpreter=/usr/bin/python3
fi

step "a clean environment with the locked dependencies"
"$interpreter" -m venv "$work/viva"
"$work/viva/bin/pip" install --quiet --quiet --disable-pip-version-check --require-hashes -r "$source/requirements/runtime.lock"

step "the wheel, built from what the Dockerfile copies"
mkdir "$work/src" "$work/empty" "$work/data"
for part in pyproject.toml README.md LICENSE domain storage tools server; do cp -r "$source/$part" "$work/src/"; done
(cd "$work/src" && "$work/viva/bin/pip" wheel --quiet --quiet --no-deps --no-build-isolation -w "$work/wheel" .)
"$work/viva/bin/pip" install --quiet --quiet --no-deps "$work"/wheel/*.whl
rm -rf "$work/src"
"$work/viva/bin/pip" check

step "a start from an empty folder, not as root"
chmod 755 "$work"
[ "$(id -u)" != 0 ] || chown nobody "$work/data" "$work/empty"
port=$("$work/viva/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cd "$work/empty"
env -i PATH="$work/viva/bin:/usr/bin:/bin" HOME="$work/empty" VIVA_DATA_DIR="$work/data" VIVA_HOST=0.0.0.0 \
    VIVA_PORT="$port" PYTHONUNBUFFERED=1 "${as[@]}" python -P -m server >"$work/log" 2>&1 &
server=$!

# the very command of HEALTHCHECK
health=$(grep -A1 '^HEALTHCHECK' "$source/Dockerfile" | sed -n 's/.*CMD //p')
for _ in $(seq 120); do
    kill -0 "$server" 2>/dev/null || { cat "$work/log"; exit 1; }
    if VIVA_PORT=$port PATH="$work/viva/bin:$PATH" python3 -c "import json, subprocess, sys; sys.exit(subprocess.run(json.loads(sys.argv[1]), stderr=subprocess.DEVNULL).returncode)" "$health"; then
        step "healthy"
        found=$("$work/viva/bin/python" -P -c 'import server, pathlib; print(pathlib.Path(server.__file__))')
        case $found in "$work/viva/"*) ;; *) echo "the source tree is found first: $found"; exit 1 ;; esac
        [ "$(id -u)" != 0 ] || [ "$(stat -c %U "$work/data/viva.db")" = nobody ]
        kill -TERM "$server"
        code=0
        wait "$server" || code=$?
        server=
        # after it has drained, the server lets the signal end it, as a shell expects: 128 + 15
        [ "$code" = 0 ] || [ "$code" = 143 ] || { cat "$work/log"; exit 1; }
        grep -q "Application shutdown complete" "$work/log"
        step "stopped in good order"
        exit 0
    fi
    sleep 0.5
done
cat "$work/log"
exit 1
