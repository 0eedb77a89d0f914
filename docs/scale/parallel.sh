#!/bin/sh
# The same on one machine, with GNU parallel: sh docs/scale/parallel.sh dump/ work/
set -eu
dump=$1 work=$2 shards=${3:-$(nproc)}
mkdir -p "$work"
faultline shard plan -o "$work/plan.json" --shards "$shards" "$dump"
seq 0 $((shards - 1)) | parallel --halt soon,fail=1 --retries 3 \
	faultline shard parse --plan "$work/plan.json" --index {} -d "$work"
faultline shard merge --plan "$work/plan.json" -d "$work"
