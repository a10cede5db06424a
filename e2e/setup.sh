#!/bin/sh
# Installs what the drills run beside what examples-setup installs: two real engines with Sentinel. Safe to run again; needs
# Debian 12 (bookworm) or newer, and root or sudo.
set -eu

packages="redis-server redis-sentinel redis-tools valkey-server valkey-sentinel valkey-tools"

missing=""
for package in $packages; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
if [ -z "$missing" ]; then
	echo "e2e-setup: everything is installed"
	exit 0
fi

sudo=""
[ "$(id -u)" -eq 0 ] || sudo="sudo"

# Bookworm itself has no Valkey; its backports do. Later releases need no extra source.
. /etc/os-release
$sudo apt-get update -q
if [ "${VERSION_CODENAME:-}" = bookworm ] && ! apt-cache policy valkey-server | grep -q 'Candidate: [0-9]'; then
	$sudo tee /etc/apt/sources.list.d/bookworm-backports.sources >/dev/null <<-SOURCE
		Types: deb
		URIs: http://deb.debian.org/debian
		Suites: bookworm-backports
		Components: main
		Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
	SOURCE
	$sudo apt-get update -q
fi

# The packages start a server on its default port. The drills start their own on free ports, so nothing may be left
# listening: a policy of 101 forbids the start while the packages are set up, and is taken away again if it was ours.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
	printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null
	$sudo chmod +x "$policy"
	trap '$sudo rm -f "$policy"' EXIT
fi
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing

# Nor may a service come up at the next boot.
if [ -d /run/systemd/system ]; then
	for unit in redis-server redis-sentinel valkey-server valkey-sentinel; do
		$sudo systemctl disable --now "$unit" >/dev/null 2>&1 || true
	done
fi
