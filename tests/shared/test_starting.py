"""A process whose settings are missing or weak does not start: one sentence each, no values, no traceback."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from properties import patient
from pydantic import ValidationError

from intake.settings import IntakeSettings
from local.state import CHECKOUT
from reporting.settings import ReportingSettings, ReportingWorkerSettings
from shared import weaknesses
from shared.settings import KernelSettings
from shared.starting import settings_of_preparation, settings_of_retention, settings_of_web, settings_of_worker
from shared.weaknesses import fault_of_database

SECRET = "7c1f0e5f5d0b4f0c9a7e2b6d8c3a1f4e"
PASSWORD = "qX7wZ4kP9v"
PUBLIC = {f"PRAKSIS_{service}_URL": f"https://{service.lower()}.corps.dk" for service in ("INTAKE", "SCHEDULING")}
PUBLIC |= {"PRAKSIS_REPORTING_URL": "https://reporting.corps.dk"}
WEB = PUBLIC | {
    "PRAKSIS_TRUSTED_PROXIES": "10.0.0.1",
    "PRAKSIS_SESSION_SECRET": SECRET,
    "PRAKSIS_STATIC": str(CHECKOUT / "shared/frontend/node_modules"),
    "REPORTING_DATABASE_URL": f"postgresql://reporting:{PASSWORD}@127.0.0.1:1/praksis",
}
WORKER = PUBLIC | {
    "REPORTING_DATABASE_URL": f"postgresql://reporting:{PASSWORD}@127.0.0.1:1/praksis",
    "REPORTING_AMQP_URL": f"amqp://corps:{PASSWORD}@127.0.0.1:1/",
}
ABOUT_ADDRESSES = (
    "must be the https:// address at which people find the service, and not one of this machine;"
    " to try Praksis on this machine, set PRAKSIS_ENVIRONMENT=development."
)


READING: Mapping[str, Callable[[], object]] = {
    "web": lambda: settings_of_web(ReportingSettings),
    "worker": lambda: settings_of_worker(ReportingWorkerSettings),
    "prepare": lambda: settings_of_preparation(ReportingWorkerSettings),
    "retention": lambda: settings_of_retention(ReportingSettings),
}


def start(module: str, environment: Mapping[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=inherited | dict(environment),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("module", "good", "changes", "said"),
    [
        ("web", WEB, {"PRAKSIS_SESSION_SECRET": ""}, ["PRAKSIS_SESSION_SECRET: must be at least 32 bytes"]),
        ("web", WEB, {"PRAKSIS_SESSION_SECRET": "x"}, ["PRAKSIS_SESSION_SECRET: must be at least 32 bytes"]),
        ("web", WEB, {"PRAKSIS_SESSION_SECRET": "xy" * 40}, ["PRAKSIS_SESSION_SECRET: must be random"]),
        ("web", WEB, {"PRAKSIS_SESSION_SECRET": "0123456789abcdef" * 2}, ["PRAKSIS_SESSION_SECRET: must be random"]),
        ("web", WEB, {"PRAKSIS_INTAKE_URL": "https://127.1"}, [f"PRAKSIS_INTAKE_URL: {ABOUT_ADDRESSES}"]),
        ("web", WEB, {"PRAKSIS_INTAKE_URL": 'https://corps.dk/"><b>'}, ["PRAKSIS_INTAKE_URL: must be the address"]),
        ("web", WEB, {"PRAKSIS_TRUSTED_PROXIES": "0.0.0.0/0"}, ["PRAKSIS_TRUSTED_PROXIES: must not be the whole"]),
        (
            "web",
            WEB,
            {"PRAKSIS_SESSION_SECRET": "please-change-me-before-you-go-on"},
            ["PRAKSIS_SESSION_SECRET: is the text of"],
        ),
        ("web", WEB, {"PRAKSIS_CLOCK_FILE": "/tmp/clock"}, ["PRAKSIS_CLOCK_FILE: simulates the time"]),
        ("web", WEB, {"PRAKSIS_STATIC": "/no-such-folder"}, ["PRAKSIS_STATIC: must be the folder node_modules"]),
        ("web", WEB, {"PRAKSIS_INTAKE_URL": "http://corps.dk"}, [f"PRAKSIS_INTAKE_URL: {ABOUT_ADDRESSES}"]),
        ("web", WEB, {"PRAKSIS_INTAKE_URL": "https://localhost:1"}, [f"PRAKSIS_INTAKE_URL: {ABOUT_ADDRESSES}"]),
        ("web", WEB, {"PRAKSIS_TRUSTED_PROXIES": ""}, ["PRAKSIS_TRUSTED_PROXIES: must name the proxies in front"]),
        ("web", WEB, {"PRAKSIS_TRUSTED_PROXIES": "10.1.2.3/8"}, ["PRAKSIS_TRUSTED_PROXIES: must be addresses or"]),
        ("web", WEB, {"PRAKSIS_TRUSTED_PROXIES": "tryout.dk"}, ["PRAKSIS_TRUSTED_PROXIES: must be addresses or"]),
        ("web", WEB, {"PRAKSIS_ENVIRONMENT": "tryout"}, ["PRAKSIS_ENVIRONMENT: Input should be 'development' or"]),
        ("web", WEB, {"REPORTING_PORT": "tryout"}, ["REPORTING_PORT: Input should be a valid integer"]),
        ("web", WEB, {"REPORTING_HOST": ""}, ["REPORTING_HOST: String should have at least 1 character"]),
        ("web", WEB, {"PRAKSIS_SESSION_SECRET": f"{SECRET}\udcff"}, ["PRAKSIS_SESSION_SECRET: must be text in UTF-8"]),
        (
            "web",
            WEB,
            {"REPORTING_DATABASE_URL": f"postgresql://\udcff:{PASSWORD}@h/d"},
            ["REPORTING_DATABASE_URL: must"],
        ),
        ("worker", WORKER, {"REPORTING_AMQP_URL": "amqp://\udcff@h"}, ["REPORTING_AMQP_URL: must be text in UTF-8"]),
        ("web", WEB, {"REPORTING_DATABASE_URL": "tryout:5432"}, ["REPORTING_DATABASE_URL: must look like"]),
        (
            "web",
            WEB,
            {"REPORTING_DATABASE_URL": "postgresql://reporting@corps.dk/tryout"},
            ["REPORTING_DATABASE_URL: must hold a password in production."],
        ),
        (
            "worker",
            WORKER,
            {"REPORTING_DATABASE_URL": "postgresql://reporting:reporting@corps.dk/tryout"},
            ["REPORTING_DATABASE_URL: holds a password that anybody would try first"],
        ),
        ("worker", WORKER, {"REPORTING_AMQP_URL": "amqp://guest:guest@tryout/"}, ["REPORTING_AMQP_URL: must name"]),
        ("worker", WORKER, {"REPORTING_AMQP_URL": "amqp://corps@tryout/"}, ["REPORTING_AMQP_URL: must hold a"]),
        ("worker", WORKER, {"REPORTING_AMQP_URL": "amqp://tryout:no/x@h"}, ["REPORTING_AMQP_URL: must look like"]),
        ("worker", WORKER, {"PRAKSIS_CLOCK_FILE": "/tmp/clock"}, ["PRAKSIS_CLOCK_FILE: simulates the time"]),
        ("worker", WORKER, {"PRAKSIS_MAIL_SERVER": "smtp://tryout.dk?tls=none"}, ["PRAKSIS_MAIL_SERVER: would send"]),
        ("worker", WORKER, {"PRAKSIS_MAIL_SERVER": "smtp://me:try/out@mail.dk"}, ["PRAKSIS_MAIL_SERVER: must look"]),
        ("worker", WORKER, {"REPORTING_MONITOR_PORT": "tryout"}, ["REPORTING_MONITOR_PORT: Input should be a valid"]),
        ("prepare", WORKER, {"REPORTING_AMQP_URL": "amqp://guest:guest@tryout/"}, ["REPORTING_AMQP_URL: must name"]),
        ("retention", WORKER, {"REPORTING_DATABASE_URL": ""}, ["REPORTING_DATABASE_URL: must look like"]),
    ],
)
def test_a_setting_that_would_not_hold_is_named_and_the_process_ends(
    module: str,
    good: Mapping[str, str],
    changes: Mapping[str, str],
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in {**good, **changes}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        READING[module]()
    told = capsys.readouterr()
    lines = told.err.splitlines()
    assert (ended.value.code, told.out, len(lines)) == (2, "", len(said)), told.err
    for line, beginning in zip(lines, said, strict=True):
        assert line.startswith(beginning)
        assert line.endswith(".")
    assert not [value for value in changes.values() if len(value) > 1 and value in told.err]
    assert "tryout" not in told.err
    assert PASSWORD not in told.err


@pytest.mark.parametrize(
    ("host", "port", "said"),
    [
        ("127.0.0.1", None, "cannot listen on 127.0.0.1:{port}: Address already in use."),
        ("192.0.2.1", 1, "cannot listen on 192.0.2.1:1: Cannot assign requested address."),
        ("999.1.1.1", 1, "cannot listen on 999.1.1.1:1: "),
        (f"{'a' * 70}.dk", 1, f"cannot listen on {'a' * 70}.dk:1: "),
    ],
)
def test_where_nobody_can_listen_the_process_says_so_in_a_sentence(host: str, port: int | None, said: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        asked = str(port or taken.getsockname()[1])
        ended = start("reporting.web", WEB | {"REPORTING_HOST": host, "REPORTING_PORT": asked})
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)
    assert ended.stderr.startswith(f"REPORTING_HOST, REPORTING_PORT: {said.format(port=asked)}")
    assert "while attempting" not in ended.stderr


@pytest.mark.parametrize("module", ["web", "worker", "prepare", "retention"])
def test_every_process_looks_at_its_settings_before_anything_else(module: str) -> None:
    """Started for real: each has a beginning of its own."""
    weak = {
        "REPORTING_DATABASE_URL": "tryout",
        "REPORTING_AMQP_URL": "amqp://guest:guest@tryout",
        "PRAKSIS_STATIC": "/",
    }
    ended = start(f"reporting.{module}", WEB | weak)
    names = {"web": ["PRAKSIS_STATIC", "REPORTING_DATABASE_URL"], "retention": ["REPORTING_DATABASE_URL"]}
    assert (ended.returncode, ended.stdout) == (2, "")
    assert [line.partition(":")[0] for line in ended.stderr.splitlines()] == names.get(
        module, ["REPORTING_DATABASE_URL", "REPORTING_AMQP_URL"]
    )
    assert "tryout" not in ended.stderr


def test_every_setting_that_is_missing_is_named_at_once() -> None:
    for module in ("web", "worker"):
        ended = start(f"intake.{module}", {"INTAKE_PROGRAMMES": "/no-such-folder"})
        assert ended.returncode == 2
        names = [line.partition(":")[0] for line in ended.stderr.splitlines()]
        if module == "web":
            assert names == ["PRAKSIS_SESSION_SECRET", "INTAKE_DATABASE_URL"]
        else:
            addresses = ["PRAKSIS_INTAKE_URL", "PRAKSIS_SCHEDULING_URL", "PRAKSIS_REPORTING_URL"]
            assert names == ["INTAKE_DATABASE_URL", "INTAKE_AMQP_URL", *addresses]


def test_files_that_are_attached_have_a_folder_that_is_there(tmp_path: Path) -> None:
    own = {"INTAKE_DATABASE_URL": f"postgresql://intake:{PASSWORD}@127.0.0.1:1/praksis"}
    ended = start("intake.web", WEB | own | {"INTAKE_ATTACHMENTS": str(tmp_path / "none")})
    assert (ended.returncode, ended.stderr) == (
        2,
        "INTAKE_ATTACHMENTS: must be a folder that is there, and that is backed up together with the database.\n",
    )


@pytest.mark.parametrize(
    ("url", "is_over_a_socket"),
    [
        ("postgresql://reporting@/praksis", True),
        ("postgresql://reporting@/praksis?host=/run/postgresql", True),
        ("postgresql://reporting@/praksis?host=%2Frun%2Fpostgresql&port=5433", True),
        ("postgresql://reporting@/praksis?host=corps.dk", False),
        ("postgresql://reporting@/praksis?host=corps.dk:5432", False),
        ("postgresql://reporting@/praksis?host=/run/postgresql&host=corps.dk", False),
        ("postgresql://reporting@/praksis?host=/run/postgresql,corps.dk", False),
        ("postgresql://reporting@/praksis?hostaddr=192.0.2.1", False),
        ("postgresql://reporting@corps.dk/praksis?host=/run/postgresql", False),
    ],
)
def test_a_database_without_a_password_is_one_of_this_machine_however_its_host_is_written(
    url: str, is_over_a_socket: bool
) -> None:
    fault = fault_of_database(url, in_production=True)
    assert fault == (None if is_over_a_socket else "must hold a password in production")
    assert fault_of_database(url, in_production=False) is None


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("sslmode=verify-full&sslrootcert=/etc/ca.pem&sslcert=/c.pem&sslkey=/k.pem", None),
        ("application_name=praksis", None),
        ("sslmode=on", "must give sslmode as disable, allow, prefer, require, verify-ca or verify-full"),
        ("sslmode=", "must give sslmode as disable, allow, prefer, require, verify-ca or verify-full"),
        (
            "ssl=true",
            "may speak of encryption as PostgreSQL does, with sslcert, sslcrl, sslkey, sslmode, sslnegotiation,"
            " sslpassword or sslrootcert",
        ),
    ],
)
def test_an_address_speaks_of_encryption_as_postgres_does(said: str, fault: str | None) -> None:
    assert fault_of_database(f"postgresql://intake:tryout@corps.dk/praksis?{said}", in_production=False) == fault


@pytest.mark.parametrize("url", ["", "mysql://a:tryout@b/c", "postgresql://intake@corps.dk/praksis"])
def test_a_migration_by_hand_names_the_address_that_it_lacks(url: str) -> None:
    given = {"INTAKE_DATABASE_URL": url} if url else {}
    ended = start("alembic", given, "-c", "services/intake/alembic.ini", "current")
    assert ended.returncode == 2
    assert ended.stderr.startswith("INTAKE_DATABASE_URL: ")
    assert "Traceback" not in ended.stderr
    assert "tryout" not in ended.stderr


def test_what_may_be_weak_in_development_may() -> None:
    kernel = KernelSettings(
        environment="development", session_secret=SECRET, static=CHECKOUT / "shared/frontend/node_modules"
    )
    assert list(kernel.faults(in_production=False)) == []


@pytest.mark.parametrize(("length", "holds"), [(0, False), (1, False), (31, False), (32, True), (33, True)])
def test_a_secret_has_at_least_thirty_two_bytes(length: int, holds: bool) -> None:
    secret = (SECRET + "x")[:length]
    assert (weaknesses.fault_of_secret(secret) is None) is holds
    if not holds:
        with pytest.raises(ValidationError) as refused:
            KernelSettings(session_secret=secret)
        assert not secret or secret not in str(refused.value).replace("session_secret", "") or length == 1


@patient
@given(st.binary(min_size=32, max_size=64))
def test_random_characters_are_never_taken_for_an_example(random: bytes) -> None:
    assert weaknesses.fault_of_placeholder(random.hex()) is None


@pytest.mark.parametrize(
    ("host", "is_one"),
    [
        *[(name, True) for name in ("localhost", "a.localhost", "127.9.9.9", "127.1", "0177.1", "::1", "0.0.0.0")],
        *[(name, False) for name in ("corps.dk", "10.0.0.1", "128.0.0.1")],
    ],
)
def test_what_is_this_machine_is_known(host: str, is_one: bool) -> None:
    assert weaknesses.is_loopback(host) is is_one


@pytest.mark.parametrize(("folder", "is_wrong"), [("/proc", True), ("", False)])
def test_attachments_lie_where_files_can_be_made(folder: str, is_wrong: bool, tmp_path: Path) -> None:
    settings = IntakeSettings(database_url="postgresql://intake:x@corps.dk/praksis", attachments=folder or tmp_path)
    wrong = [said for field, said in settings.faults(in_production=False) if field == "attachments"]
    assert wrong == (["must be a folder that this process may write to"] if is_wrong else [])
    assert list(tmp_path.iterdir()) == []
