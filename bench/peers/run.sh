#!/bin/sh
# A full pull beside peers', all from one kind of loopback site. Each peer has an environment of its own: they pin what others do not.
# Arguments go to compare.py.
set -eu
cd "$(dirname "$0")/../.."
for peer in tap airbyte; do
    VENV=".venv-peers-$peer"
    if ! cmp -s "bench/peers/requirements-$peer.txt" "$VENV/.installed"; then
        "${PYTHON:-python3}" -m venv "$VENV"
        "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check -r "bench/peers/requirements-$peer.txt"
        cp "bench/peers/requirements-$peer.txt" "$VENV/.installed"
    fi
done
exec .venv/bin/python bench/peers/compare.py "$@"
