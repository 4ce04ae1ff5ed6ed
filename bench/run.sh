#!/bin/sh
# The comparisons, in an environment of their own: Cloud Custodian pins what SafeSync does not. Arguments go to judge.py.
set -eu
cd "$(dirname "$0")/.."
VENV=.venv-bench
if ! cmp -s bench/requirements.txt "$VENV/.installed"; then
    "${PYTHON:-python3}" -m venv "$VENV"
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check -r bench/requirements.txt
    cp bench/requirements.txt "$VENV/.installed"
fi
PYTHONPATH=src exec "$VENV/bin/python" bench/judge.py "$@"
