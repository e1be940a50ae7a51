#!/bin/sh
# Gives the database its roles and schemas, with the passwords that this container was given as secrets.
set -eu

secret() { cat "/run/secrets/$1"; }

PGPASSWORD=$(secret postgres)
INTAKE_PASSWORD=$(secret role-intake)
SCHEDULING_PASSWORD=$(secret role-scheduling)
REPORTING_PASSWORD=$(secret role-reporting)
export PGPASSWORD INTAKE_PASSWORD SCHEDULING_PASSWORD REPORTING_PASSWORD

exec psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --file=/roles.sql
