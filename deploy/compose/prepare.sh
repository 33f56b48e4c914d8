#!/bin/sh
# Makes the secrets of compose.yaml, once: what is there stays as it is. Needs openssl.
set -eu
umask 077
cd "$(dirname "$0")"
mkdir -p secrets

# Writes the output of a command into a file, unless there is one.
make_secret() {
  name=$1
  shift
  [ -e "secrets/$name" ] || { "$@" >"secrets/$name.new" && mv "secrets/$name.new" "secrets/$name"; }
}

license_key() { printf 'ops=%s\n' "$(openssl rand -hex 24)"; }
database_url() { printf 'postgres://axonflow:%s@postgres:5432/axonflow\n' "$(cat secrets/postgres_password)"; }

make_secret license_keys license_key
make_secret postgres_password openssl rand -hex 24
make_secret database_url database_url
make_secret audit_key openssl rand -hex 32
make_secret audit_signing_key openssl genpkey -algorithm ed25519

# Who the gateway runs as: you, or whoever called sudo, but never root.
user=${SUDO_UID:-$(id -u)}:${SUDO_GID:-$(id -g)}
[ "${user%:*}" != 0 ] || user=65532:65532
[ -e .env ] || printf 'AXONFLOW_USER=%s\n' "$user" >.env
[ "$(id -u)" != 0 ] || chown -R "$user" secrets

cat <<'WORDS'
The secrets are in deploy/compose/secrets. Keep a copy of audit_key elsewhere: without it nobody can read the audit log.
Your licence key is what follows ops= in secrets/license_keys.
WORDS
