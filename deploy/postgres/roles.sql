-- One role and one schema per service, in the database that psql is connected to. Run it as often as you like:
--
--   INTAKE_PASSWORD=… SCHEDULING_PASSWORD=… REPORTING_PASSWORD=… psql --set=ON_ERROR_STOP=1 --file=roles.sql
--
-- A role can log in, can do anything in its own schemas (the service's, and the one in which its projections are rebuilt),
-- and can do nothing anywhere else: not in a sibling's schema,
-- not in "public", not by way of temporary tables. It owns nothing but its schema and what it makes in it.

\set ON_ERROR_STOP on
\set VERBOSITY terse
SET client_min_messages = warning;

\getenv intake_password INTAKE_PASSWORD
\getenv scheduling_password SCHEDULING_PASSWORD
\getenv reporting_password REPORTING_PASSWORD

BEGIN;

-- Roles belong to the whole server: two databases being provisioned at once would meet at them. Only a superuser may
-- lock their table; whoever else provisions has a server with one Praksis on it.
SELECT 'LOCK TABLE pg_catalog.pg_authid IN SHARE ROW EXCLUSIVE MODE'
WHERE pg_catalog.current_setting('is_superuser') = 'on'
\gexec

SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['intake', 'scheduling', 'reporting']) AS name
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = name)
\gexec

SELECT format('ALTER ROLE %I LOGIN PASSWORD %L', name, password)
FROM (VALUES
    ('intake', :'intake_password'),
    ('scheduling', :'scheduling_password'),
    ('reporting', :'reporting_password')
) AS given (name, password)
\gexec

SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database())
\gexec
REVOKE ALL ON SCHEMA public FROM PUBLIC;

-- An administrator who is not a superuser must be a member of a role to give something to it.
SELECT format('GRANT %I TO CURRENT_USER', name)
FROM unnest(ARRAY['intake', 'scheduling', 'reporting']) AS name
WHERE NOT pg_catalog.pg_has_role(current_user, name, 'SET')
\gexec

SELECT format(statement, name, current_database(), name || '_rebuild')
FROM unnest(ARRAY['intake', 'scheduling', 'reporting']) AS name,
    unnest(ARRAY[
        'GRANT CONNECT ON DATABASE %2$I TO %1$I',
        'CREATE SCHEMA IF NOT EXISTS %1$I AUTHORIZATION %1$I',
        'ALTER SCHEMA %1$I OWNER TO %1$I',
        'REVOKE ALL ON SCHEMA %1$I FROM PUBLIC',
        'ALTER ROLE %1$I IN DATABASE %2$I SET search_path = %1$I',
        'CREATE SCHEMA IF NOT EXISTS %3$I AUTHORIZATION %1$I', -- where projections are rebuilt beside the live ones
        'ALTER SCHEMA %3$I OWNER TO %1$I',
        'REVOKE ALL ON SCHEMA %3$I FROM PUBLIC'
    ]) WITH ORDINALITY AS step (statement, position)
ORDER BY name, position
\gexec

COMMIT;
