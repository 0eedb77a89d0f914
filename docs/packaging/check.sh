#!/usr/bin/env bash
# Installs what `make dist` built for this machine, each package into an empty
# folder, and uses it there: the demo, the manual, the completions. Needs no
# container engine and changes nothing of the system.
#   docs/packaging/check.sh [FOLDER]
# A line "SKIPPED: …" names each check whose tool is not here.
set -euo pipefail
cd "$(dirname "$0")/../.."
dist=$(cd "${1:-dist}" && pwd)
arch=$(go env GOARCH)
base=$(find "$dist" -name "faultline_*_linux_$arch.tar.gz" | sort | tail -1)
base=${base%.tar.gz}
[ -f "$base.tar.gz" ] || { echo "no archive for linux/$arch in $dist"; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/home"
export HOME="$work/home"
here() { command -v "$1" >/dev/null; }
skipped() { echo "SKIPPED: $*"; }
fail() { echo "FAILED: $*"; exit 1; }

# used BIN MAN COMPLETIONS: what a person does after an installation.
used() {
  [ -x "$1" ] || fail "$1 is not there"
  "$1" demo | cat >"$work/out"
  grep -q '^Findings' "$work/out" || fail "$1 demo | cat: no report"
  "$1" --version >/dev/null || fail "$1 --version"
  if here man; then
    local said
    for page in "$2"/faultline*.1*; do
      said=$(LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -l "$page" 2>&1 >"$work/out") || fail "man $page: $said"
      [ -z "$said" ] || fail "man $page: $said"
      grep -q '^NAME' "$work/out" || fail "man $page: no NAME"
      ! grep -q -- '\[=' "$work/out" || fail "man $page: a flag that nobody can type"
    done
  else
    skipped "the manual pages of $(basename "$1"): no man here"
  fi
  bash -c ". '$3' && complete -p faultline" >/dev/null || fail "the completion of bash"
  # Not grep -q: it leaves at the first hit, and pipefail takes the broken pipe for a failure.
  "$1" __complete analyze -o '' 2>/dev/null | grep '^html' >/dev/null || fail "$1: -o is not completed"
}

# read_there DOCS: the pages, each of which leads to what is there.
read_there() {
  local page to
  for page in "$1/README.md" "$1"/docs/*.md "$1"/docs/*/*.md; do
    [ -f "$page" ] || fail "$page is not there"
    while read -r to; do
      [ -e "$(dirname "$page")/$to" ] || fail "$page leads to $to, which is not there"
    done < <(sed -nE 's/\]\(/\n](/gp' "$page" | sed -nE 's/^\]\(([^)#:]+)[)#].*/\1/p')
  done
}

echo "tar.gz: into an empty folder"
(cd "$dist" && grep "$(basename "$base").tar.gz" checksums.txt | sha256sum --quiet -c -)
mkdir "$work/tar"
tar -xzf "$base.tar.gz" -C "$work/tar" --strip-components=1
used "$work/tar/faultline" "$work/tar/man" "$work/tar/completions/faultline.bash"
read_there "$work/tar"

if [ -f "$base.deb" ]; then
  if here dpkg && [ "$(id -u)" = 0 ]; then
    echo "deb: dpkg -i into an empty root"
    root=$work/deb
    mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates"
    touch "$root/var/lib/dpkg/status"
    dpkg --root="$root" --log=/dev/null -i "$base.deb" >/dev/null
    used "$root/usr/bin/faultline" "$root/usr/share/man/man1" "$root/usr/share/bash-completion/completions/faultline"
    read_there "$root/usr/share/doc/faultline"
    if here kubectl; then
      PATH="$root/usr/bin:$PATH" kubectl faultline version | grep '^faultline ' >/dev/null || fail "kubectl faultline"
      PATH="$root/usr/bin:$PATH" kubectl __complete faultline analyze -o '' 2>/dev/null | grep '^html' >/dev/null || fail "kubectl faultline is not completed"
    else
      skipped "faultline as a kubectl plugin: no kubectl here"
    fi
    dpkg --root="$root" --log=/dev/null -r faultline >/dev/null
    [ ! -e "$root/usr/bin/faultline" ] || fail "dpkg -r leaves the program"
  else
    skipped "dpkg -i: needs dpkg, and root"
  fi
  if here rpm2cpio && here cpio; then
    echo "rpm: unpacked into an empty root"
    mkdir "$work/rpm"
    # The names begin with a slash, and some versions of rpm2cpio exit 1 at the end.
    (cd "$work/rpm" && { rpm2cpio "$base.rpm" || true; } | cpio -idm --quiet --no-absolute-filenames 2>/dev/null)
    used "$work/rpm/usr/bin/faultline" "$work/rpm/usr/share/man/man1" "$work/rpm/usr/share/bash-completion/completions/faultline"
  else
    skipped "the .rpm: no rpm2cpio or cpio here"
  fi
  echo "apk: unpacked into an empty root"
  mkdir "$work/apk"
  tar -xzf "$base.apk" -C "$work/apk" 2>/dev/null
  used "$work/apk/usr/bin/faultline" "$work/apk/usr/share/man/man1" "$work/apk/usr/share/bash-completion/completions/faultline"
else
  skipped ".deb, .rpm and .apk: they were not built"
fi

# The last stage of the Dockerfile: what is copied, as whom it runs, and what.
if [ "$(id -u)" = 0 ] && here chroot; then
  echo "container: the root file system of the Dockerfile"
  image=$work/image
  mkdir "$image"
  stage=$(awk '/^FROM /{s=""} {s=s $0 "\n"} END{printf "%s", s}' docs/packaging/Dockerfile)
  grep -q '^FROM scratch' <<<"$stage" || fail "the image is not from scratch"
  while read -r word from to rest; do
    case "$word $from" in
    "COPY --from=build") cp "$work/tar$to" "$image$rest" ;;
    COPY*) cp "$from" "$image$to" ;;
    esac
  done <<<"$stage"
  user=$(sed -n 's/^USER //p' <<<"$stage")
  entry=$(sed -n 's/^ENTRYPOINT \["\(.*\)"\]/\1/p' <<<"$stage")
  inside() { chroot --userspec="$user" "$image" "$entry" "$@"; }
  inside demo | cat >"$work/out"
  grep -q '^Findings' "$work/out" || fail "the container shows no report"
  inside demo --tz Europe/Berlin >/dev/null || fail "the container knows no time zones"
  mkdir "$image/dump"
  cp fixtures/report/incident-report.txt "$image/dump/"
  inside analyze /dump >/dev/null || fail "the container reads no dump"
else
  skipped "the container's root file system: chroot needs root"
fi

echo "manifests: Homebrew, Scoop, krew"
if here ruby; then ruby -c "$dist/faultline.rb" >/dev/null; else skipped "the formula of Homebrew: no ruby here"; fi
if here python3; then python3 -m json.tool "$dist/faultline.json" >/dev/null; else skipped "the manifest of Scoop: no python here"; fi
echo "installed and used"
