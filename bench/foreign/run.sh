#!/bin/sh
# Others' clients against our sandbox, and our client against others' simulators: neither may live in a world of its own.
# Their packages are installed into environments of their own; node and npm are needed. Arguments go to pytest.
set -eu
cd "$(dirname "$0")/../.."
VENV=.venv-foreign
if ! cmp -s bench/foreign/requirements.txt "$VENV/.installed"; then
    "${PYTHON:-python3}" -m venv "$VENV"
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check -r bench/foreign/requirements.txt
    npm install --no-package-lock --no-fund --no-audit --loglevel=error --prefix "$VENV/node" jira.js@6.2.0 azure-devops-node-api@17.0.1
    cp bench/foreign/requirements.txt "$VENV/.installed"
fi
exec .venv/bin/python -m pytest bench/foreign "$@"
