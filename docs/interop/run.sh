#!/bin/sh
# Reads a case with other people's readers. Everything is installed into a
# virtual environment of its own, in $INTEROP (default .interop).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
faultline=${1:?usage: run.sh path/to/faultline}
env=${INTEROP:-$here/../../.interop}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

[ -x "$env/bin/python" ] || python3 -m venv "$env"
"$env/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$here/requirements.txt"
# These two are large, and pyspark needs a Java: whoever lacks them reads on.
[ -n "${SKIP_LARGE:-}" ] || "$env/bin/pip" install --quiet --disable-pip-version-check chdb==3.6.0 || echo "chdb: not to be installed here"
[ -n "${SKIP_LARGE:-}" ] || ! command -v java >/dev/null || "$env/bin/pip" install --quiet --disable-pip-version-check pyspark==4.0.1 || echo "pyspark: not to be installed here"
[ -n "${SKIP_LARGE:-}" ] || "$env/bin/pip" install --quiet --disable-pip-version-check perfetto==0.59.1 || echo "perfetto: not to be installed here"

"$faultline" synth -o "$work/day" >/dev/null
"$faultline" export -q "$work/day" -o "$work/case/"
"$faultline" analyze "$work/case" -o json >"$work/report.json"
"$faultline" sources "$work/case" -o json >"$work/sources.json"
"$env/bin/python" "$here/check.py" "$work/case" "$work/report.json"
"$faultline" events -q "$work/day" -o perfetto >"$work/trace.json"
"$faultline" events -q "$work/day" -o jsonl >"$work/events.jsonl"
"$env/bin/python" "$here/trace.py" "$work/trace.json" "$work/events.jsonl"
"$env/bin/python" "$here/ask.py" "$faultline" "$work/day" "$work/case"
# With Debian's prometheus, or another that PROMETHEUS names; it takes a minute.
"$env/bin/python" "$here/rings.py" "$faultline"
