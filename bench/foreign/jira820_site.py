"""
Serves jira820, a Data Center 8.20 that others wrote, until its input ends; runs in its own environment.

It finds issues by key alone, searches by GET alone and knows neither permissions nor verbs of an edit. What it lacks is put
around it here, in its own words, and nothing else is: texts, fields, sprints, changelogs and comments are as it gives them.
"""

import json
import socket
import sys
import threading

import uvicorn
from fastapi import Request
from fastapi.responses import Response
from jira820 import jql
from jira820.config import load_config
from jira820.server import make_app

GRANTED = ("BROWSE_PROJECTS", "ADD_COMMENTS", "EDIT_OWN_COMMENTS", "DELETE_OWN_COMMENTS", "EDIT_ISSUES")

app = make_app(config=load_config())
store = app.state.store


@app.middleware("http")
async def issues_by_id(request: Request, call_next):
    parts = request.scope["path"].split("/")
    if parts[3:5] and parts[4:5] == ["issue"] and len(parts) > 5 and parts[5].isdecimal():
        parts[5] = keys_by_id().get(parts[5], parts[5])
        request.scope["path"] = "/".join(parts)
    if request.method == "PUT" and len(parts) == 6 and parts[4] == "issue":
        labels = ((await request.json()).get("update") or {}).get("labels")
        if labels is not None:
            return changed(parts[5], labels)
    return await call_next(request)


def keys_by_id():
    return {str(store.serializer.issue_res(issue, "", "summary")["id"]): key for key, issue in store.issues.items()}


def changed(key, verbs):
    labels = list(store.get_issue(key).get("labels") or ())
    for verb in verbs:
        if "add" in verb and verb["add"] not in labels:
            labels.append(verb["add"])
        if verb.get("remove") in labels:
            labels.remove(verb["remove"])
    store.update_issue(key, {"labels": labels})
    return Response(status_code=204)


@app.post("/rest/api/2/search")
async def search(request: Request):
    asked = await request.json()
    start, size = asked.get("startAt", 0), asked.get("maxResults", 50)
    keys = found(asked["jql"])
    fields = ",".join(asked.get("fields") or ())
    expand = ",".join(asked.get("expand") or ())
    issues = [
        store.serializer.issue_res(store.issues[key], str(request.base_url).rstrip("/"), fields, expand)
        for key in keys[start : start + size]
    ]
    return {"startAt": start, "maxResults": size, "total": len(keys), "issues": issues}


def found(query):
    """By ids where it names ids, which jira820 would not heed."""
    if query.startswith("id in ("):
        known = keys_by_id()
        return [known[one] for one in (each.strip(' "') for each in query[7 : query.index(")")].split(",")) if one in known]
    return jql.filter_keys(store, query)


@app.get("/rest/api/2/mypermissions")
def permissions():
    return {"permissions": {one: {"key": one, "havePermission": True} for one in GRANTED}}


def serve():
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    threading.Thread(target=lambda: (sys.stdin.read(), setattr(server, "should_exit", True)), daemon=True).start()
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    print(json.dumps({"url": url, "project": store.config.project_key, "issues": len(store.issues)}), flush=True)
    server.run(sockets=[listening])


# The route that jira820 has for everything below issue/ would take the search for an issue's key: ours go first.
app.router.routes.sort(key=lambda route: getattr(route, "path", "") not in {"/rest/api/2/search", "/rest/api/2/mypermissions"})
serve()
