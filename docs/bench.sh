#!/usr/bin/env bash
# Measures faultline against programs that do a part of its work: on a day of
# about 1 GB that is mostly uninteresting lines, and on logs in which every line
# is an event. All in one run on this machine; only the ratios mean something
# elsewhere. Uses rg and openssl where they are installed, else grep and
# sha256sum; lnav only where it is.
# A noise of 25 lines a second and proxy is 1 GB, 250 are 10 GB.
#   bench.sh PROGRAM [NOISE]
set -euo pipefail
program=$(realpath "$1")
noise=${2:-25}
dense=200000000 # bytes of each dense log
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
needles='failfast|fail-fast|No endpoints|request failed|Failed to connect|Trace\['
TIMEFORMAT='%U %S %R'
declare -A cpu wall
has() { command -v "$1" >/dev/null; }

# run NAME COMMAND…: the best of three in cpu seconds.
run() {
  local name=$1 t best=""; shift
  for _ in 1 2 3; do
    t=$( { time "$@" >"$dir/out" 2>&1; } 2>&1 ) # not /dev/null: grep stops early there
    t=$(awk '{printf "%.2f %.2f", $1+$2, $3}' <<<"$t")
    if [ -z "$best" ] || awk -v a="${t% *}" -v b="${best% *}" 'BEGIN{exit !(a<b)}'; then best=$t; fi
  done
  cpu[$name]=${best% *} wall[$name]=${best#* }
  printf '  %-24s %6s s cpu %6s s wall\n' "$name" $best
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.2f", a/b}'; }
rate() { awk -v b="$1" -v s="$2" 'BEGIN {printf "%.0f MB", b/1e6/s}'; }
files() { find "$dir/day" -type f -print0 | xargs -0 "$@"; }
search() { if has rg; then rg -c "$needles" "$dir/day"; else files grep -cE "$needles"; fi; }
hash() { if has openssl; then files openssl dgst -sha256; else files sha256sum; fi; }
both() { search; hash; }
peak() {
  if [ -x /usr/bin/time ]; then
    /usr/bin/time -f '%M' "$program" "$@" 2>&1 >/dev/null | awk '{printf "  peak memory %.0f MB\n", $1/1e3}'
  fi
}

"$program" synth -o "$dir/day" --noise "$noise" >/dev/null
bytes=$(du -sb "$dir/day" | cut -f1)
echo "rare events: $bytes bytes"
run faultline "$program" analyze -q "$dir/day"
run wc files wc -l
run search search
run hash hash
run both both
echo "  cpu $(ratio "${cpu[faultline]}" "${cpu[both]}") x search and hash, $(ratio "${cpu[faultline]}" "${cpu[hash]}") x hash; $(rate "$bytes" "${cpu[faultline]}") a cpu second, $(rate "$bytes" "${wall[faultline]}") a second"
peak analyze -q "$dir/day"
"$program" export -q "$dir/day" -o "$dir/day.zip"
run case "$program" analyze -q "$dir/day.zip"
echo "  reading it takes $(ratio "${cpu[faultline]}" "${cpu[case]}") x the cpu and $(ratio "${wall[faultline]}" "${wall[case]}") x the time of opening its case"
if has lnav; then
  run lnav-rare files lnav -n -c ";SELECT count(*) FROM all_logs WHERE log_body LIKE '%failed%'"
  echo "  lnav takes $(ratio "${cpu[lnav-rare]}" "${cpu[faultline]}") x the cpu of faultline"
fi

# Lines of events one after the other, those of a proxy a millisecond apart.
fill() { awk -v most="$dense" '{l[NR]=$0} END {for (;;) for (i=1; i<=NR; i++) {
  s=l[i]; if (sub(/^\[[^]]*\]/, "", s)) s=sprintf("[%13.6fs]%s", 100+n/1000, s)
  print s; n++; size+=length(s)+1; if (size>most) exit}}'; }
cat "$dir"/day/proxy/* | grep -E "$needles" | grep -v DEBUG | fill >"$dir/proxy.log"
cat "$dir"/day/destination/* | grep -F 'Trace[' | fill >"$dir/destination.log"
rm -r "$dir/day"
# Programs that nobody knows, no line like another.
for kind in json java text csv; do
  awk -v most="$dense" -v kind="$kind" 'BEGIN {srand(1); for (i=0; size<most; i++) {
    t=sprintf("%02d:%02d:%02d.%03d", i/72000%24, i/1200%60, i/20%60, rand()*1000); n=int(rand()*1e6)
    if (kind=="json") s="{\"timestamp\":\"2024-05-01T" t "Z\",\"lvl\":\"info\",\"logger\":\"com.shop.cart\",\"note\":\"cart " n " stored in " int(rand()*900) " ms\",\"trace\":\"" n*7919 "\"}"
    else if (kind=="java") s="2024-05-01 " t "  INFO 1 --- [http-nio-" n%64 "] c.s.cart.CartService : cart " n " stored in " int(rand()*900) " ms"
    else if (kind=="csv") s="2024-05-01T" t "Z,INFO,cart-" n ",\"cart " n " stored in " int(rand()*900) " ms\"," int(rand()*1e6)
    else s="cart " n ": " int(rand()*90) " lines stored in " int(rand()*900) " ms"
    print s; size+=length(s)+1}}' >"$dir/unknown.log"
  bytes=$(stat -c %s "$dir/unknown.log")
  echo "a log that no format reads: $bytes bytes, $kind"
  run "unknown-$kind" "$program" sources -q "$dir/unknown.log"
  echo "  $(rate "$bytes" "${cpu[unknown-$kind]}") a cpu second"
done
rm "$dir/unknown.log"
for log in proxy destination; do
  bytes=$(stat -c %s "$dir/$log.log")
  echo "every line an event: $bytes bytes, $log"
  run "$log" "$program" sources -q "$dir/$log.log"
  echo "  $(rate "$bytes" "${cpu[$log]}") a cpu second"
  peak sources -q "$dir/$log.log"
done
"$program" export -q "$dir/destination.log" -o "$dir/destination.zip"
run read "$program" analyze -q "$dir/destination.log"
run case "$program" analyze -q "$dir/destination.zip"
echo "  reading it takes $(ratio "${cpu[read]}" "${cpu[case]}") x the cpu of opening its case"
if has lnav; then
  run lnav lnav -n -c ";SELECT count(*) FROM all_logs WHERE log_body LIKE '%Trace[%'" "$dir/destination.log"
  echo "  lnav takes $(ratio "${cpu[lnav]}" "${cpu[destination]}") x the cpu of faultline"
fi

# The judgement alone, on one core: what four rounds take more than one, by three.
echo "judged without reading, on one core"
judged() {
  local name=$1 test=$2 bench=$3 n
  for n in 1 4; do
    cpu[$n]=$( { time GOMAXPROCS=1 "$dir/$test" -test.run '^$' -test.bench "$bench" -test.benchtime "${n}x" >"$dir/out" 2>&1; } 2>&1 | awk '{print $1+$2}')
  done
  awk -v name="$name" -v one="${cpu[1]}" -v four="${cpu[4]}" 'BEGIN {printf "  %-44s %.2f s cpu\n", name, (four-one)/3}'
}
(cd "$(dirname "$0")/.." && go test -c -o "$dir/stat.test" ./correlate/stat && go test -c -o "$dir/correlate.test" ./correlate)
judged "a day of one cluster" stat.test 'BenchmarkDay$'
judged "a million failures in a month" stat.test 'MillionFailures$'
judged "a million incidents" stat.test 'MillionIncidents$'
judged "400,000 failures of 250 proxies" correlate.test 'Proxies/wall$'
judged "the same, each on a clock of its own" correlate.test 'Proxies/own$'

# grow NAME N PROGRAM: the cpu of N, 2N, 4N and 8N of what an awk program writes, and
# the exponent over the three doublings: 1 is linear. What the program itself takes is
# taken off.
base=""
grow() {
  local name=$1 n=$2 program_of=$3 k t list=""
  for k in 1 2 4 8; do
    awk -v n=$((n * k)) "BEGIN {$program_of}" </dev/null >"$dir/grow.log"
    t=$( { time "$program" analyze -q "$dir/grow.log" >"$dir/out" 2>&1; } 2>&1 )
    list="$list $(awk '{printf "%.2f", $1+$2}' <<<"$t")"
  done
  awk -v name="$name" -v n="$n" -v base="$base" '{printf "  %-12s %8d  %s s cpu, exponent %.2f\n", name, n, $0, log(($4-base > .01 ? $4-base : .01)/($1-base > .01 ? $1-base : .01))/log(8)}' <<<"${list# }"
}
# members: the same over archives of one-line logs, each of a pod of its own.
members() {
  local n=$1 k t list=""
  for k in 1 2 4 8; do
    mkdir "$dir/members"
    awk -v n=$((n * k)) -v dir="$dir/members" 'BEGIN {for (i=0; i<n; i++) {f=sprintf("%s/pod-%d.log", dir, i); printf "2024-05-01T10:%02d:%02dZ pod %d started\n", i/60%60, i%60, i >f; close(f)}}' </dev/null
    tar -C "$dir" -cf "$dir/members.tar" members
    rm -r "$dir/members"
    t=$( { time "$program" analyze -q "$dir/members.tar" >"$dir/out" 2>&1; } 2>&1 )
    list="$list $(awk '{printf "%.2f", $1+$2}' <<<"$t")"
  done
  awk -v n="$n" -v base="$base" '{printf "  %-12s %8d  %s s cpu, exponent %.2f\n", "members", n, $0, log(($4-base)/($1-base))/log(8)}' <<<"${list# }"
  peak analyze -q "$dir/members.tar"
}
echo "growth over three doublings"
echo x >"$dir/grow.log"
base=$( { time "$program" analyze -q "$dir/grow.log" >"$dir/out" 2>&1; } 2>&1 | awk '{print $1+$2}')
gate='WARN ThreadId(01) outbound:proxy{addr=10.1.1.1:80}: linkerd_stack::failfast: Service entering failfast after 3s'
grow events 100000 'for (i=0; i<n; i++) printf "[%12.6fs]  '"$gate"'\n", 400+i/1000'
grow gates 50000 'for (i=0; i<n; i++) {t=sprintf("[%12.6fs]  WARN ThreadId(01) outbound:proxy{addr=10.1.%d.%d:80}", 400+i/1000, i/256%256, i%256)
  if (i%2) print t ": linkerd_stack::failfast: Service entering failfast after 3s"; else print t ":endpoint{addr=10.2.3.4:80}: linkerd_reconnect: Failed to connect error=connect timed out after 1s"}'
grow probes 20000 'for (i=0; i<n; i++) printf "I0202 %02d:%02d:%02d.%06d    2345 prober.go:107] \"Probe failed\" probeType=\"Readiness\" pod=\"ns/web-%05d\" podUID=\"x\" containerName=\"app\" probeResult=\"failure\" output=\"Get \\\"http://10.1.2.3:8080/ready\\\": context deadline exceeded\"\n", i/360000, i/6000%60, i/100%60, i%100*10000, i'
grow lives 20000 'srand(1); for (i=0; i<n; i++) printf "[%12.6fs]  '"$gate"'\n", rand()*1e5'
grow targets 20000 'for (i=0; i<n; i++) printf "[%12.6fs]  WARN ThreadId(01) outbound:proxy{addr=10.%d.%d.%d:80}: linkerd_stack::failfast: Service entering failfast after 3s\n", 400+i/1000, i/65536, i/256%256, i%256'
grow unknown 100000 'srand(1); for (i=0; i<n; i++) printf "cart %d: %d lines stored in %d ms\n", i, rand()*90, rand()*900'
grow pods 5000 'for (i=0; i<n; i++) printf "[pod/p-%d/linkerd-proxy] [%12.6fs]  '"$gate"'\n", i, i+1'
grow sections 2000 'for (i=0; i<n; i++) printf "==== START logs for container c of pod ns/p-%d ====\n[%12.6fs]  '"$gate"'\n==== END logs for container c of pod ns/p-%d ====\n", i, i+1, i'
grow names 20000 'for (i=0; i<n; i++) printf "10.9.8.7 - - [02/Feb/2024:13:%02d:%02d +0000] \"GET /%d HTTP/1.1\" 504 160 \"-\" \"x\" 305 3.003 [ns-svc%d-80] [] 10.9.8.1:80 0 3.000 504 r%d\n", i/60%60, i%60, i, i, i'
grow series 40000 'print "# TYPE up gauge"; for (i=0; i<n; i++) printf "up{pod=\"p%d\"} 1 1706880000000\n", i'
grow addresses 20000 'print "NAMESPACE   IP   PORT   POD   SERVICE"; for (i=0; i<n; i++) printf "n   10.%d.%d.%d   80   p%d   s%d.n\n", i/65536, i/256%256, i%256, i, i'
grow findings 10000 'for (i=0; i<n; i++) printf "[%12.6fs]  WARN ThreadId(01) outbound:proxy{addr=10.%d.%d.%d:80}:endpoint{addr=10.%d.%d.%d:80}: linkerd_reconnect: Failed to connect error=%s\n", 400+i/100, i/65536, i/256%256, i%256, i/65536, i/256%256, i%256, i%2 ? "Connection refused (os error 111)" : "connect timed out after 1s"'
grow links 250 'for (i=0; i<n; i++) for (j=0; j<10; j++) {t=sprintf("2024-02-02T%02d:%02d:%02d", j+1, i*7%60, i*13%60)
  printf "[pod/p-%d/linkerd-proxy] %s.5Z [%12.6fs]  WARN ThreadId(01) outbound:proxy{addr=10.1.1.1:80}: linkerd_stack::failfast: Service entering failfast after 3s\n", i, t, j*3600+i*433%3600
  printf "[pod/d-%d/destination] time=\"%sZ\" level=info msg=\"Trace[%d]: \\\"DeltaFIFO Pop Process\\\" ID:ns/a,Depth:9,Reason:slow event handlers blocking the queue (02-Feb-2024 %s.100) (total time: 4000ms):\\nTrace[%d]: [4s] [4s] END\\n\"\n", i, t, i*10+j, substr(t, 12), i*10+j}'
grow length 1000000 'printf "[     1.000000s]  '"$gate"' "; for (i=0; i<n; i++) printf "a"; print ""'
grow nesting 200000 'printf "{\"level\":\"info\",\"ts\":1,\"msg\":"; for (i=0; i<n; i++) printf "{\"a\":"; print ""'
members 2000
