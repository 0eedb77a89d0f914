#!/usr/bin/env bash
# Opens the page of HTML in a headless Chromium: what it says must be there, and
# it must ask for nothing and run nothing.
#   docs/interop/browser.sh bin/faultline
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$1" demo -o "$work/page.html"
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null && browser=$name && break
done
[ -n "${browser:-}" ] || { echo "SKIPPED: the page of HTML in a browser: no Chromium here"; exit 0; }
HOME=$work timeout 60 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$work/profile" \
  --enable-logging=stderr --v=0 --dump-dom "file://$work/page.html" >"$work/dom" 2>"$work/said"
grep -qi 'failed requests' "$work/dom" || { echo "FAILED: the page does not say what failed"; exit 1; }
grep -q '<svg' "$work/dom" || { echo "FAILED: the page has no picture"; exit 1; }
if grep -E 'CONSOLE|Refused to' "$work/said"; then echo "FAILED: the browser complains"; exit 1; fi
echo "shown in $("$browser" --version 2>/dev/null)"
