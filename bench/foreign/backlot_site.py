"""Serves a small corpus by backlot, an emulator measured against Jira Cloud, until its input ends; runs in its own environment."""

import json
import sys

import backlot

with backlot.serve(json.loads(sys.stdin.readline()), telemetry=False) as site:
    print(json.dumps({"url": f"{site.base_url}/atlassian", "token": site.token}), flush=True)
    sys.stdin.read()
