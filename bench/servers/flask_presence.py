"""The same HTTP contract as a Flask app under gunicorn's gevent worker: a dictionary, and a generator per watcher."""

import json
import os
import time

import gevent
from flask import Flask, Response, jsonify, request

ONLINE_SECONDS = float(os.environ.get("ONLINE_WINDOW_SECONDS", "60"))
ACTIVE_SECONDS = 300
TICK_SECONDS = 2

app = Flask(__name__)
visitors = {}


def snapshot():
    now = time.time()
    active, idle = [], []
    for uid, (last_seen, last_activity) in list(visitors.items()):
        if now - last_seen > ONLINE_SECONDS:
            visitors.pop(uid, None)
        elif now - last_activity <= ACTIVE_SECONDS:
            active.append(uid)
        else:
            idle.append(uid)
    return {
        "ts": int(now),
        "online_total": len(active) + len(idle),
        "active_total": len(active),
        "idle_total": len(idle),
        "active_uids": sorted(active),
        "idle_uids": sorted(idle),
    }


@app.after_request
def allow_origin(response):
    response.headers["Access-Control-Allow-Origin"] = "https://solar-system-82998.bubbleapps.io"
    response.headers["Access-Control-Allow-Credentials"] = "true"
    response.headers["Vary"] = "Origin"
    return response


@app.post("/v1/hit")
def hit():
    body = request.get_json(force=True, silent=True) or {}
    uid = body.get("uid")
    if not isinstance(uid, str) or not 1 <= len(uid) <= 256:
        return jsonify(ok=False, error="uid_missing"), 400
    now = time.time()
    visitors[uid] = (now, min(float(body.get("last_activity", now)), now))
    return jsonify(ok=True)


@app.get("/sse/online")
def online():
    def events():
        while True:
            yield f"data: {json.dumps(snapshot(), separators=(',', ':'))}\n\n"
            gevent.sleep(TICK_SECONDS)

    headers = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
    return Response(events(), mimetype="text/event-stream", headers=headers)


@app.get("/healthz")
@app.get("/readyz")
def ready():
    return jsonify(ok=True)
