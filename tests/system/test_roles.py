"""What each service's role may do in the database: anything in its own schema, nothing anywhere else."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import permutations

import asyncpg
import pytest

from local.postgres import PrivatePostgres
from local.provision import SERVICES, provision, service_url

ROLES = "roles_apart"
SIBLINGS = list(permutations(SERVICES, 2))

Url = Callable[[str], str]


@pytest.fixture(scope="module")
def url(postgres: PrivatePostgres, template: str) -> Iterator[Url]:
    """The address of one provisioned database, by the role that is to use it."""
    postgres.create_database(ROLES, template)
    admin_url = postgres.admin_url(ROLES)
    passwords = {service: postgres.secrets.get(f"role-{service}") for service in SERVICES}
    # What is granted on a database itself is not copied with it.
    provision(admin_url, passwords)
    yield lambda role: service_url(admin_url, role, passwords[role])
    postgres.drop_database(ROLES)


@asynccontextmanager
async def connected(url: Url, role: str) -> AsyncIterator["asyncpg.Connection"]:
    """A connection of a role. Whatever it does is taken back."""
    connection = await asyncpg.connect(url(role))
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()


async def assert_refused(url: Url, role: str, statement: str) -> None:
    async with connected(url, role) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)


async def tables_of(url: Url, service: str) -> list[str]:
    async with connected(url, service) as connection:
        rows = await connection.fetch("select tablename from pg_tables where schemaname = $1 order by 1", service)
        return [row["tablename"] for row in rows]


@pytest.mark.parametrize(("role", "sibling"), SIBLINGS)
async def test_a_role_reads_and_writes_no_table_of_a_sibling(url: Url, role: str, sibling: str) -> None:
    tables = await tables_of(url, sibling)
    assert {*tables} > {"event", "received", "parked", "answer", "alembic_version"}
    for table in tables:
        name = f'{sibling}."{table}"'
        for statement in (
            f"select 1 from {name}",
            f"select count(*) from {name}",
            f"insert into {name} default values",
            f"delete from {name}",
            f"truncate {name}",
            f"lock table {name}",
            f"alter table {name} add column stolen int",
            f"drop table {name}",
        ):
            await assert_refused(url, role, statement)


@pytest.mark.parametrize(("role", "sibling"), SIBLINGS)
async def test_a_role_inserts_no_complete_row_into_a_sibling(url: Url, role: str, sibling: str) -> None:
    row = f"insert into {sibling}.received (identity) values (gen_random_uuid())"
    await assert_refused(url, role, row)
    async with connected(url, sibling) as connection:
        assert await connection.execute(row) == "INSERT 0 1"


@pytest.mark.parametrize(("role", "sibling"), SIBLINGS)
@pytest.mark.parametrize(
    "statement",
    [
        "create table {sibling}.mine (id int)",
        "create view {sibling}.mine as select 1",
        "create function {sibling}.mine() returns int language sql as 'select 1'",
        "create type {sibling}.mine as enum ('x')",
        "create sequence {sibling}.mine",
        "drop schema {sibling} cascade",
        "alter schema {sibling} owner to {role}",
        "grant usage on schema {sibling} to {role}",
        "alter default privileges for role {sibling} grant select on tables to {role}",
        "grant {sibling} to {role}",
        "set role {sibling}",
        "alter role {sibling} password 'stolen'",
        "alter role {sibling} set search_path = {role}",
        "drop role {sibling}",
    ],
)
async def test_a_role_makes_and_takes_nothing_of_a_sibling(url: Url, role: str, sibling: str, statement: str) -> None:
    await assert_refused(url, role, statement.format(role=role, sibling=sibling))


@pytest.mark.parametrize("role", SERVICES)
@pytest.mark.parametrize(
    "statement",
    [
        "create table public.mine (id int)",
        "create view public.mine as select 1",
        "create function public.mine() returns int language sql as 'select 1'",
        "create temporary table mine (id int)",
        "create schema mine",
        "create role mine",
        "create database mine",
        "create publication mine for all tables",
        "alter role {role} superuser",
        "alter role {role} createrole",
        "alter role {role} bypassrls",
        "set role postgres",
        "set session authorization postgres",
        "select pg_read_file('postgresql.conf')",
        "copy intake.event to program 'cat'",
        "copy scheduling.event to program 'cat'",
        "copy reporting.event to program 'cat'",
        "select rolpassword from pg_authid",
        "alter system set fsync = off",
        "grant pg_read_all_data to {role}",
        "begin; lock table pg_catalog.pg_authid",
    ],
)
async def test_a_role_does_nothing_outside_of_its_schema(url: Url, role: str, statement: str) -> None:
    # A database is created outside of a transaction, and a role is refused before that is looked at.
    connection = await asyncpg.connect(url(role))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement.format(role=role))
    finally:
        await connection.close()


@pytest.mark.parametrize(("role", "sibling"), SIBLINGS)
async def test_a_role_refers_to_no_table_of_a_sibling(url: Url, role: str, sibling: str) -> None:
    await assert_refused(url, role, f"create table {role}.mine (id uuid references {sibling}.received (identity))")


@pytest.mark.parametrize("role", SERVICES)
async def test_a_role_has_no_attributes_and_belongs_to_nobody(url: Url, role: str) -> None:
    async with connected(url, role) as connection:
        attributes = await connection.fetchrow(
            "select rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolcanlogin"
            " from pg_roles where rolname = current_user"
        )
        assert tuple(attributes) == (False, False, False, False, False, True)
        groups = await connection.fetchval("select count(*) from pg_auth_members where member = current_user::regrole")
        assert groups == 0


@pytest.mark.parametrize("role", SERVICES)
async def test_a_role_uses_its_own_schema_and_no_other(url: Url, role: str) -> None:
    async with connected(url, role) as connection:
        rows = await connection.fetch(
            "select nspname, has_schema_privilege(oid, 'usage') as usage, has_schema_privilege(oid, 'create') as making"
            " from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'"
        )
        allowed = {row["nspname"]: (row["usage"], row["making"]) for row in rows}
        assert await connection.fetchval("show search_path") == role
    own = (role, f"{role}_rebuild")
    schemas = [name for service in SERVICES for name in (service, f"{service}_rebuild")]
    assert allowed == {name: (name in own, name in own) for name in (*schemas, "public")}


@pytest.mark.parametrize("role", SERVICES)
async def test_a_role_works_in_its_own_schema(url: Url, role: str) -> None:
    async with connected(url, role) as connection:
        await connection.execute("create table mine (id int primary key, text text)")
        await connection.execute("insert into mine values (1, 'æ'), (2, 'ø')")
        await connection.execute("update mine set text = 'å' where id = 2")
        await connection.execute("delete from mine where id = 1")
        await connection.execute("create index on mine (text)")
        await connection.execute("alter table mine add column more int")
        place = await connection.fetchval("select schemaname from pg_tables where tablename = 'mine'")
        rows = await connection.fetch("select id, text from mine")
        assert (place, [tuple(row) for row in rows]) == (role, [(2, "å")])
        await connection.execute("drop table mine")


@pytest.mark.parametrize("role", SERVICES)
async def test_a_role_owns_every_table_of_its_schema_and_nothing_else(url: Url, role: str) -> None:
    async with connected(url, role) as connection:
        owned = await connection.fetch(
            "select distinct relnamespace::regnamespace::text as place from pg_class"
            " where relowner = current_user::regrole and relnamespace::regnamespace::text !~ '^pg_'"
        )
        others = await connection.fetchval(
            "select count(*) from pg_tables where schemaname = $1 and tableowner <> current_user", role
        )
        assert ([row["place"] for row in owned], others) == ([role], 0)


@pytest.mark.parametrize("role", SERVICES)
async def test_another_password_lets_nobody_in(url: Url, role: str) -> None:
    right = url(role)
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(right.replace(f"{role}:", f"{role}:x", 1))
