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

# The same in tasks of Spark, two of which die in their work and are run again.
if "$env/bin/python" -c 'import pyspark' 2>/dev/null && command -v java >/dev/null; then
	SPARK_LOCAL_IP=127.0.0.1 PYSPARK_SUBMIT_ARGS="--master local[2,4] --conf spark.ui.enabled=false pyspark-shell" FAULTLINE_LOSE='{"1": 0.01, "2": 0.2}' \
		timeout 600 "$env/bin/python" "$here/spark.py" --faultline "$faultline" --shards 5 --piece 200000 "$work/dump" "$work/spark" -o "$work/spark.json" 2>"$work/spark.log" >"$work/spark.said" ||
		{ tail -40 "$work/spark.log"; exit 1; }
	grep -q 'run again: \[1, 2\]' "$work/spark.said"
	cmp "$work/spark.json" "$work/single.json"
	echo "spark.py 5 shares in tasks, two of them lost and run again: the report of one process"
else
	echo "SKIPPED: spark.py: pyspark or a Java is not here"
fi
