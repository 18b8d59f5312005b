#!/usr/bin/env bash
# Both commands on a fresh Debian: a root made by debootstrap with nothing in it but Python, git and make.
#
#   sudo tests/bare_root.sh [--user] [COMMAND...]     COMMAND is `make test` unless said otherwise, e.g. .ci/run
#
# First `make run`, until the server is ready and a candidate's code has run through the API; then COMMAND. With --user
# both are run by an ordinary user, who cannot install anything. What is tried is HEAD. Needs root and debootstrap.
# VIVA_BARE_SUITE=trixie: a Debian of another age. VIVA_BARE_MINUTES=40: an end to it all.
# VIVA_BARE_BASE=FOLDER: a root made before is copied; where there is none yet it is made and kept.
set -euo pipefail

fail() { printf 'bare_root.sh: %s\n' "$1" >&2; exit 1; }
step() { printf '\n== %s (%ss)\n' "$1" "$SECONDS"; }

# -- outside: make the root, give it this machine's way to packages, enter it ------------------------------------

suite=${VIVA_BARE_SUITE:-bookworm}
packages=python3,python3-venv,git,make,ca-certificates

main() {
    local as=root code=0
    if [ "${1:-}" = --user ]; then as=viva; shift; fi
    [ "$(id -u)" = 0 ] || fail "this needs root: run it with sudo"
    command -v debootstrap >/dev/null || fail "debootstrap is not here: apt install debootstrap"
    source=$(cd "$(dirname "$0")/.." && pwd)
    work=$(mktemp -d "${TMPDIR:-/var/tmp}/viva-bare-XXXXXX")
    root=$work/root
    # what is mounted is in a namespace of its own and gone with it
    trap 'rm -rf --one-file-system "$work" || true' EXIT
    trap 'exit 130' INT TERM

    step "a bare root of Debian $suite"
    bare_root
    the_way_to_packages
    clone "$as"
    step "inside, as $as"
    [ $# -gt 0 ] || set -- make test
    timeout --foreground --kill-after=10 "${VIVA_BARE_MINUTES:-40}m" \
        unshare --mount --pid --fork --kill-child --propagation private \
        bash "$source/tests/bare_root.sh" --enter "$root" "$work/environment" "$as" "$@" </dev/null || code=$?
    case $code in
        0) ;;
        124 | 137) fail "not over after ${VIVA_BARE_MINUTES:-40} minutes: VIVA_BARE_MINUTES allows more" ;;
        *) fail "$* did not end well, or make run before it: see above" ;;
    esac
    step "both commands ended well"
}

bare_root() {
    local base=${VIVA_BARE_BASE:-$root} mirror
    if [ ! -e "$base/etc/debian_version" ]; then
        # from where this machine has its packages, if it is a Debian of the same age
        mirror=$(apt-get indextargets --format '$(REPO_URI)' "Codename: $suite" "Created-By: Packages" 2>/dev/null | head -n 1 || true)
        timeout 900 debootstrap --variant=minbase --include="$packages" "$suite" "$base" ${mirror:+"$mirror"} >"$work/log" 2>&1 \
            || { tail -n 5 "$work/log" >&2; fail "debootstrap failed: is a Debian mirror within reach?"; }
    fi
    [ "$base" = "$root" ] || cp -a "$base" "$root"
}

# Settings of pip and apt, certificates and proxies are this machine's own and only known at run time.
the_way_to_packages() {
    local place
    for place in /etc/pip.conf /etc/xdg/pip /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt; do
        [ ! -e "$place" ] || { mkdir -p "$root$(dirname "$place")"; cp -rL "$place" "$root$(dirname "$place")/"; }
    done
    apt-config dump | grep '^Acquire::' >"$root/etc/apt/apt.conf.d/99host" || true
    # by their names, whatever they are set to
    env -0 | grep -zE '^(PIP_|npm_config_|(https?|no|all|HTTPS?|NO|ALL)_(proxy|PROXY)=|SSL_CERT_|NODE_EXTRA_CA_CERTS=|REQUESTS_CA_BUNDLE=|CURL_CA_BUNDLE=)' \
        >"$work/environment" || true
    python3 -m pip config list 2>/dev/null | grep -oE '(file://)?/[^ '"'"']+' | sed 's#^file://##; s#/simple$##' | sort -u >"$work/folders" || true
}

clone() {
    local home=/root place
    if [ "$1" != root ]; then
        home=/home/$1
        chroot "$root" useradd --create-home --shell /bin/bash "$1"
    fi
    git clone --quiet --depth 1 "file://$source" "$root$home/viva"
    for place in .npmrc .config/pip/pip.conf; do
        [ ! -e "$HOME/$place" ] || { mkdir -p "$root$home/$(dirname "$place")"; cp -L "$HOME/$place" "$root$home/$place"; }
    done
    chroot "$root" chown -R "$1:" "$home"
}

# -- at the door: mounts, and a real pivot_root; in a mere chroot no user namespace may be made --------------------

enter() {
    local root=$1 environment=$2 as=$3 folder device home
    shift 3
    local -a settings=()
    mapfile -d '' settings <"$environment"
    mount --bind "$root" "$root"
    while read -r folder; do
        [ -d "$folder" ] || continue
        mkdir -p "$root$folder"
        mount --bind -o ro "$folder" "$root$folder"
    done <"$(dirname "$environment")/folders"
    mount -t proc proc "$root/proc"
    mount -t sysfs -o ro sysfs "$root/sys"
    mount -t tmpfs -o mode=755 dev "$root/dev"
    for device in null zero full random urandom tty; do
        touch "$root/dev/$device"
        mount --bind "/dev/$device" "$root/dev/$device"
    done
    mkdir "$root/dev/shm" "$root/dev/pts" "$root/.host"
    mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
    ln -s pts/ptmx "$root/dev/ptmx"
    ln -s /proc/self/fd "$root/dev/fd"
    for device in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${device%:*}" "$root/dev/${device#*:}"; done
    cd "$root"
    pivot_root . .host
    umount -l /.host
    rmdir /.host
    home=/root
    [ "$as" = root ] || home=/home/$as
    cd "$home/viva"
    # not exec: the first process stays root's, since one that changes its user would outlive `unshare --kill-child`
    setpriv --reuid="$as" --regid="$as" --init-groups env -i "${settings[@]}" HOME="$home" USER="$as" LANG=C.UTF-8 \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin bash tests/bare_root.sh --inside "$@"
}

# -- inside: the two commands --------------------------------------------------------------------------------------

inside() {
    local code=0
    runs
    step "$*"
    "$@" || code=$?
    step "$* ended with $code"
    return "$code"
}

runs() {
    local port log=/tmp/run.log began=$SECONDS server
    step "make run"
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    # a process group of its own, so that make and the server are ended together
    setsid env VIVA_PORT="$port" make run >"$log" 2>&1 &
    server=$!
    if ! python3 tests/support/bare_call.py "$port" "$log" "$server"; then
        tail -n 20 "$log" >&2
        kill -TERM -- "-$server" 2>/dev/null || true
        return 1
    fi
    echo "in $((SECONDS - began)) s since make run began"
    kill -TERM -- "-$server"
    wait "$server" || true
    rm -rf data
}

case ${1:-} in
    --enter) shift; enter "$@" ;;
    --inside) shift; inside "$@" ;;
    *) main "$@" ;;
esac
