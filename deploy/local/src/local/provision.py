"""What must stand before the services start: roles and schemas, then each service's own tables and queue."""

import os
import subprocess
import sys
from collections.abc import Mapping
from urllib.parse import quote, urlsplit, urlunsplit

from local.errors import SetupError
from local.psql import run_script
from local.state import CHECKOUT

SERVICES = ("intake", "scheduling", "reporting")
_ROLES = CHECKOUT / "deploy" / "postgres" / "roles.sql"


def provision(admin_url: str, passwords: Mapping[str, str]) -> None:
    """Give the database of ``admin_url`` a role and a schema per service; doing it again changes nothing.

    ``passwords`` holds one per service. Raises SetupError with Postgres's words when it is refused.
    """
    variables = {f"{service.upper()}_PASSWORD": passwords[service] for service in SERVICES}
    run_script(admin_url, _ROLES.read_text(encoding="utf-8"), variables)


def service_url(admin_url: str, role: str, password: str) -> str:
    """The address of the same database for another role."""
    parts = urlsplit(admin_url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(role, safe='')}:{quote(password, safe='')}@{place}"))


def prepare(service: str, database_url: str, amqp_url: str) -> None:
    """Bring a service's schema to the newest version and declare its queue; doing it again changes nothing.

    Raises SetupError with the end of its words if it fails.
    """
    own = service.upper()
    result = subprocess.run(
        [sys.executable, "-m", f"{service}.prepare"],
        cwd=CHECKOUT,
        env={
            **os.environ,
            "PRAKSIS_ENVIRONMENT": "development",
            f"{own}_DATABASE_URL": database_url,
            f"{own}_AMQP_URL": amqp_url,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        start_new_session=True,
    )
    if result.returncode != 0:
        lines = result.stdout.strip().splitlines()
        raise SetupError(f"{service} could not be prepared:\n" + "\n".join(lines[-20:]))
