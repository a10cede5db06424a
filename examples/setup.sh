#!/bin/sh
# Installs the servers that the tests of the example functions start: PostgreSQL and Redis. Safe to run again; needs Debian 12
# (bookworm) or newer, and root or sudo.
set -eu

missing=""
for package in openssl postgresql python3-venv redis-server; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
if [ -z "$missing" ]; then
	echo "examples-setup: every package is installed"
	exit 0
fi

sudo=""
[ "$(id -u)" -eq 0 ] || sudo="sudo"

# The packages would start a server on its default port. A policy of 101 forbids that while they are set up; it is removed
# again if it was not there before.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
	printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null
	$sudo chmod +x "$policy"
	trap '$sudo rm -f "$policy"' EXIT
fi
$sudo apt-get update -q
# shellcheck disable=SC2086 # one argument for each package
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing

# Nor may a server start at the next boot.
if [ -d /run/systemd/system ]; then
	for unit in postgresql redis-server; do
		$sudo systemctl disable --now "$unit" >/dev/null 2>&1 || true
	done
fi
