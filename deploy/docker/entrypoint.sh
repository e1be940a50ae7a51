#!/bin/sh
# Puts together what the settings read from the secrets that this container was given, then becomes the process.
# An address that is in the environment already is left as it is.
set -eu

secret() { cat "/run/secrets/$1"; }

prefix=$(printf '%s' "$SERVICE" | tr '[:lower:]' '[:upper:]')

if [ -r "/run/secrets/role-$SERVICE" ] && ! printenv "${prefix}_DATABASE_URL" >/dev/null; then
  place="${DATABASE_HOST:-postgres}:${DATABASE_PORT:-5432}/${DATABASE_NAME:-praksis}"
  export "${prefix}_DATABASE_URL=postgresql://$SERVICE:$(secret "role-$SERVICE")@$place"
fi

# Only what moves events is given the broker's secret.
if [ -r /run/secrets/broker ] && ! printenv "${prefix}_AMQP_URL" >/dev/null; then
  export "${prefix}_AMQP_URL=amqp://praksis:$(secret broker)@${BROKER_HOST:-rabbitmq}:${BROKER_PORT:-5672}/?heartbeat=15"
fi

# Only what serves people is given the secret of their sessions.
if [ -r /run/secrets/session ] && ! printenv PRAKSIS_SESSION_SECRET >/dev/null; then
  export "PRAKSIS_SESSION_SECRET=$(secret session)"
fi

exec "$@"
