#!/usr/bin/env python3
"""trace.py TRACE EVENTS: checks the trace that `events -o perfetto` wrote against the
events of `events -o jsonl`, first by the rules of the Trace Event Format, then in
Perfetto's own trace processor. Its Python package fetches the program itself when
it is first used; TRACE_PROCESSOR names one that is here already."""

import collections
import json
import os
import sys

trace, events = sys.argv[1:]
listed = json.load(open(trace))["traceEvents"]
rows = [json.loads(line) for line in open(events)]
timed = [r for r in rows if r["time"]]
stalls = sum(r["kind"] == "controller.pop_stall" and r["duration_s"] > 0 for r in timed)
samples = sum(e["ph"] == "C" for e in listed)

# By the rules of the format: what has a place is whole, slices of one thread nest.
assert {e["ph"] for e in listed} == {"M", "X", "i", "C"}, {e["ph"] for e in listed}
ends = collections.defaultdict(float)
for e in listed:
    if e["ph"] == "X":
        assert e["dur"] > 0 and e["ts"] >= ends[e["pid"], e["tid"]], e
        ends[e["pid"], e["tid"]] = e["ts"] + e["dur"]
assert sum(e["ph"] == "X" and e["name"].startswith("controller.pop_stall") for e in listed) == stalls > 0
instants = sum(e["ph"] == "i" for e in listed)
print(f"trace    {len(listed)} events: {stalls} stalls, {instants} instants and {samples} samples by the rules of the format", flush=True)

try:
    from perfetto.trace_processor import TraceProcessor, TraceProcessorConfig
except ImportError:
    print("SKIPPED: the trace in Perfetto's trace processor: the package perfetto does not install here", flush=True)
    sys.exit(0)
try:
    processor = TraceProcessor(trace=trace, config=TraceProcessorConfig(bin_path=os.environ.get("TRACE_PROCESSOR")))
except Exception as e:
    print(f"SKIPPED: the trace in Perfetto's trace processor, which its package could not fetch ({type(e).__name__}): TRACE_PROCESSOR=PATH names one", flush=True)
    sys.exit(0)


def one(query):
    return list(next(iter(processor.query(query))).__dict__.values())[0]


assert one("SELECT count(*) AS n FROM slice WHERE name GLOB 'controller.pop_stall*' AND dur > 0") == stalls
assert one("SELECT count(*) AS n FROM slice WHERE dur = 0") == instants
assert one("SELECT count(*) AS n FROM counter") == samples
assert one("SELECT coalesce(sum(value), 0) AS n FROM stats WHERE severity = 'error'") == 0
print("perfetto the trace processor has the same stalls, instants and samples, and complains of nothing")
