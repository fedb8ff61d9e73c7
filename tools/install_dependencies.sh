#!/usr/bin/env bash
# Installs from Debian what is missing of tools/debian_packages.txt, and Node where no Node 18 or newer is there.
# Says what it installs; uses sudo when not root; installs nothing (and needs no network) when all is there.
# Usage: tools/install_dependencies.sh [more packages ...]
set -euo pipefail
cd "$(dirname "$0")/.."

oldest_node=18

is_installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q '^install ok installed'; }

node_is_new_enough() {
  command -v node >/dev/null && command -v npm >/dev/null &&
    [ "$(node --version | sed 's/^v\([0-9]*\).*/\1/')" -ge "$oldest_node" ]
}

if ! command -v dpkg-query >/dev/null; then
  echo "This is no Debian system: please install what tools/debian_packages.txt names, and Node $oldest_node or newer, yourself." >&2
  exit 0
fi

missing=()
while read -r package; do
  is_installed "$package" || missing+=("$package")
done < <(grep -v '^#' tools/debian_packages.txt; printf '%s\n' "$@" | grep . || true)
node_is_new_enough || missing+=(nodejs npm)

if [ ${#missing[@]} -eq 0 ]; then
  echo "Everything needed from Debian is installed."
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "Missing: ${missing[*]}" >&2
    echo "Please install them as root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "Installing from Debian (a minute or two): ${missing[*]}"
"${as_root[@]}" apt-get update -qq >/dev/null
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" </dev/null >/dev/null
