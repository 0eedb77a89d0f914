#!/usr/bin/env python3
"""rings.py FAULTLINE: the alerts of a real Prometheus on loopback against those that
`faultline alerts` finds in an export of its samples. Prometheus evaluates a group at
an offset of its own within the interval, so times may differ by one interval and
one scrape; what rang, how often and in which order must be the same."""

import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

faultline = sys.argv[1]
prometheus = shutil.which(os.environ.get("PROMETHEUS", "prometheus"))
if not prometheus:
    print("SKIPPED: alerts of a real Prometheus: no prometheus here (PROMETHEUS=PATH names one)")
    sys.exit(0)
EVERY = 5.0
RULES = f"""groups:
- name: g
  interval: {EVERY:.0f}s
  rules:
  - record: job:x:sum
    expr: sum by (job) (x)
  - alert: High
    expr: job:x:sum > 5
    for: 5s
    labels: {{severity: page}}
  - alert: Held
    expr: x > 11
    keep_firing_for: 10s
  - alert: Never
    expr: x > 100
  - alert: Short
    expr: x > 5
    for: 1m
"""
begun = time.time()
SHAPE = [(12, 0), (27, 10), (40, 0), (52, 12), (70, 1)]  # until when after the start, and the value


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        past = time.time() - begun
        value = next((v for until, v in SHAPE if past < until), 0)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"# TYPE x gauge\nx {value}\n".encode())

    def log_message(self, *_):
        pass


def free():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def stretches(times):
    """Runs of evaluations that follow each other."""
    out = []
    for t in times:
        if out and t - out[-1][1] <= EVERY * 1.5:
            out[-1][1] = t
        else:
            out.append([t, t])
    return out


page = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
threading.Thread(target=page.serve_forever, daemon=True).start()
work = tempfile.mkdtemp()
rules, config, export, port = os.path.join(work, "rules.yaml"), os.path.join(work, "prom.yml"), os.path.join(work, "x.json"), free()
open(rules, "w").write(RULES)
open(config, "w").write(f"global: {{scrape_interval: 1s}}\nrule_files: [{rules}]\nscrape_configs:\n- job_name: a\n  static_configs: [{{targets: ['127.0.0.1:{page.server_port}']}}]\n")
server = subprocess.Popen([prometheus, f"--config.file={config}", f"--storage.tsdb.path={work}/data", f"--web.listen-address=127.0.0.1:{port}"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
try:
    time.sleep(SHAPE[-1][0])
    end = time.time()

    def asked(query, step):
        url = f"http://127.0.0.1:{port}/api/v1/query_range?" + urllib.parse.urlencode({"query": query, "start": begun, "end": end, "step": step})
        return urllib.request.urlopen(url, timeout=10).read()

    open(export, "wb").write(asked("x", 1))
    # ALERTS within the last evaluation alone: without it the lookback would go on for five minutes.
    theirs = {}
    for s in json.loads(asked(f'count by (alertname) (count_over_time(ALERTS{{alertstate="firing"}}[{EVERY:.0f}s]))', 1))["data"]["result"]:
        theirs[s["metric"]["alertname"]] = stretches([float(v[0]) for v in s["values"]])
finally:
    server.terminate()
    server.wait()
    shutil.rmtree(os.path.join(work, "data"), ignore_errors=True)
said = json.loads(subprocess.run([faultline, "alerts", "-q", rules, export, "-o", "json"], capture_output=True, text=True, check=True).stdout)


def seconds(stamp):
    import datetime

    return datetime.datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()


ours = {}
for a in said["alerts"]:
    if a["firing_at"]:
        ours.setdefault(a["alert"], []).append((seconds(a["firing_at"]), seconds(a["resolved_at"]) if a["resolved_at"] else end))
shutil.rmtree(work, ignore_errors=True)
assert ours.keys() == theirs.keys() == {"High", "Held"}, (ours, theirs)
for name in ours:
    assert len(ours[name]) == len(theirs[name]), (name, ours[name], theirs[name])
    for (a, b), (x, y) in zip(sorted(ours[name]), theirs[name]):
        # A range looks back one interval, so theirs end up to two later than the last evaluation.
        assert abs(a - x) <= EVERY + 1.5 and abs(b - y) <= 2 * EVERY + 1.5, (name, a - x, b - y)
print(f"alerts   {sum(map(len, ours.values()))} times an alert fired, as a real Prometheus had it")
