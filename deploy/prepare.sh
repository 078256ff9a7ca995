#!/bin/sh
# Prepares `docker compose up`: secrets, the choice of the profile, and the networks' weights.
# What is there already is kept; run it again after an upgrade. COMPOSE="podman-compose" takes another.
set -eu
cd "$(dirname "$0")/.."
compose=${COMPOSE:-docker compose}
secrets=deploy/secrets

secret() { # NAME: a file of 256 random bits, unless it is there
    if [ ! -s "$secrets/$1" ]; then
        printf '%s%s' "${2:-}" "$(head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n')" >"$secrets/$1"
        echo "made $secrets/$1"
    fi
    # Only the owner enters the folder; inside a container another user has to read the file.
    chmod 0444 "$secrets/$1"
}

mkdir -p "$secrets"
chmod 0700 "$secrets"
secret redis_password
secret api_key sk_live_
secret triton_control_key
secret grafana_password

if [ ! -e .env ]; then
    printf 'COMPOSE_PROFILES=%s\nSECRETS=./%s\n' "${1:-cpu}" "$secrets" >.env
    echo "made .env"
fi

$compose --profile prepare run --rm training
echo "ready: $compose up --detach   (the first API key is in $secrets/api_key)"
