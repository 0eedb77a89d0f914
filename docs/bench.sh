#!/usr/bin/env bash
# Measures faultline against programs that do a part of its work, on a day of
# about 1 GB that is mostly uninteresting lines. All in one run on this machine;
# only the ratios mean something elsewhere.
#   bench.sh PROGRAM [NOISE lines/s/proxy]
set -euo pipefail
program=$(realpath "$1")
noise=${2:-25}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$program" synth -o "$dir/day" --noise "$noise" >/dev/null
bytes=$(du -sb "$dir/day" | cut -f1)
needles='failfast|fail-fast|No endpoints|request failed|Failed to connect|Trace\['
TIMEFORMAT='%U %S %R'

# run NAME COMMAND…: the best of three, as "cpu wall".
run() {
  local name=$1; shift
  local best=""
  for _ in 1 2 3; do
    local t; t=$( { time "$@" >"$dir/out" 2>&1; } 2>&1 ) # not /dev/null: grep stops early there
    t=$(awk '{printf "%.2f %.2f", $1+$2, $3}' <<<"$t")
    if [ -z "$best" ] || awk -v a="${t% *}" -v b="${best% *}" 'BEGIN{exit !(a<b)}'; then best=$t; fi
  done
  printf '%-34s %6s s cpu %6s s wall\n' "$name" ${best}
  declare -g "cpu_$name=${best% *}"
}
files() { find "$dir/day" -type f -print0 | xargs -0 "$@"; }
both() { files grep -cE "$needles"; files sha256sum; }

printf '%s bytes in %s files\n' "$bytes" "$(find "$dir/day" -type f | wc -l)"
run faultline "$program" analyze -q "$dir/day"
run wc files wc -l
run sha256sum files sha256sum
run grep files grep -cE "$needles"
run grep_and_sha256sum both
awk -v f="$cpu_faultline" -v g="$cpu_grep_and_sha256sum" -v s="$cpu_sha256sum" -v b="$bytes" 'BEGIN {
  printf "cpu: %.2f x grep and sha256sum, %.2f x sha256sum alone; %.0f MB a cpu second\n", f/g, f/s, b/1e6/f }'
if command -v /usr/bin/time >/dev/null; then
  /usr/bin/time -f 'peak memory: %M kB' "$program" analyze -q "$dir/day" >/dev/null
fi
