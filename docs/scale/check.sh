#!/bin/sh
# Runs the SQL of this folder for real: shards of a synthetic dump, one of them
# killed and run again, against what a single process says of it.
#   check.sh path/to/faultline      after docs/interop/run.sh, for its environment
set -eu
here=$(cd "$(dirname "$0")" && pwd)
faultline=$(realpath "${1:?usage: check.sh path/to/faultline}")
env=${INTEROP:-$here/../../.interop}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$faultline" synth -o "$work/dump" --timestamps --restarts --noise 1 >/dev/null
"$faultline" shard plan -o "$work/plan.json" --shards 3 --piece 200000 "$work/dump"
timeout -s KILL 0.2 "$faultline" shard parse --plan "$work/plan.json" --index 1 -d "$work/shards" || echo "share 1 killed, and run again"
seq 0 2 | shuf | xargs -P 2 -I{} "$faultline" shard parse --plan "$work/plan.json" --index {} -d "$work/shards"
"$faultline" shard merge --plan "$work/plan.json" -d "$work/shards" -o json >"$work/merged.json"
"$faultline" analyze -q "$work/dump" -o json >"$work/single.json"
cmp "$work/merged.json" "$work/single.json"
"$faultline" export -q "$work/dump" -o "$work/case/"
"$env/bin/python" "$here/check.py" "$work/shards" "$work/case"
