#!/bin/sh
# Runs a PostgreSQL with the generated orders for as long as its standard input is open, so that it ends with the test that
# started it, however that ends.
#
#     serve.sh FOLDER PORT [ORDERS [LAST_DAY]]
#
# FOLDER is an empty folder. The server listens on 127.0.0.1:PORT with TLS only; its certificate, for localhost,
# is FOLDER/ca.pem. Database and user are called analytics, the password is in FOLDER/password. The user postgres may log in
# without a password through the socket in FOLDER. The last line of standard output is "ready".
set -eu

folder=$1 port=$2 orders=${3:-3000000} last_day=${4:-$(date +%F)}
here=$(cd "$(dirname "$0")" && pwd)

# PostgreSQL refuses to run as root.
if [ "$(id -u)" -eq 0 ]; then
	install -m 0644 "$here/schema.sql" "$folder/schema.sql"
	install -m 0755 "$0" "$folder/serve.sh"
	chown -R postgres: "$folder"
	exec setpriv --reuid=postgres --regid=postgres --init-groups "$folder/serve.sh" "$folder" "$port" "$orders" "$last_day"
fi

# Debian keeps the programs of the server out of the path.
PATH=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1):$PATH
cd "$folder"
LC_ALL=C
export LC_ALL

initdb --pgdata=data --username=postgres --encoding=UTF8 --auth-local=trust --auth-host=scram-sha-256 --no-sync >/dev/null
printf 'local all postgres trust\nhostssl analytics analytics 127.0.0.1/32 scram-sha-256\n' >data/pg_hba.conf
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
	-addext subjectAltName=DNS:localhost -keyout data/server.key -out ca.pem 2>/dev/null
chmod 0600 data/server.key
chmod 0644 ca.pem
openssl rand -hex 16 >password

# Data that is thrown away needs no flush to disk.
postgres -D data -p "$port" -k "$folder" -c listen_addresses=127.0.0.1 -c ssl=on -c ssl_cert_file="$folder/ca.pem" \
	-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_wal_size=4GB -c shared_buffers=256MB \
	</dev/null >server.log 2>&1 &
server=$!
trap 'kill -QUIT $server 2>/dev/null || true; wait $server 2>/dev/null || true' EXIT
trap 'exit 1' HUP INT TERM

until psql -qAt -h "$folder" -p "$port" -U postgres -c 'SELECT 1' >/dev/null 2>&1; do
	kill -0 $server 2>/dev/null || { cat server.log >&2; exit 1; }
	sleep 0.05
done
psql -q -h "$folder" -p "$port" -U postgres -v ON_ERROR_STOP=1 -c "CREATE ROLE analytics LOGIN PASSWORD '$(cat password)'" \
	-c 'CREATE DATABASE analytics OWNER analytics'
psql -q -h "$folder" -p "$port" -U postgres -d analytics -v orders="$orders" -v last_day="$last_day" -f "$here/schema.sql"
psql -q -h "$folder" -p "$port" -U postgres -d analytics -c 'GRANT SELECT ON orders TO analytics'
echo ready
cat >/dev/null
