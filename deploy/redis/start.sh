#!/bin/sh
# Redis with the password of its secret: it stands in no list of processes and in no file but its own.
set -eu
secret=/run/secrets/redis_password
if [ ! -s "$secret" ]; then
    echo "redis cannot start: the secret redis_password is missing or empty; run deploy/prepare.sh" >&2
    exit 78
fi
exec redis-server - <<CONFIGURATION
$(cat /etc/mien/redis.conf)
requirepass $(cat "$secret")
CONFIGURATION
