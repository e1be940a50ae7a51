"""The whole of Praksis on one machine: database, broker, migrations, and a web and a worker process per service."""

import os
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import httpx

from local.errors import SetupError
from local.ports import LOOPBACK, free_port, give_back
from local.processes import Command, Process
from local.progress import Progress, silent
from local.provision import SERVICES, prepare, provision, service_url
from local.records import end_leftover
from local.servers import MachineServers, Servers
from local.state import CHECKOUT, State

PREFERRED_PORTS = {"intake": 8101, "scheduling": 8102, "reporting": 8103}
PREFERRED_MONITOR_PORTS = {"intake": 8111, "scheduling": 8112, "reporting": 8113}
ROLES = ("web", "worker")
STOP_SECONDS = 10.0
# What processes inherit from the one who starts them; all else that they need is given to them by name.
_INHERITED = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
_INHERITED_FAMILIES = ("OTEL_", "PYTHON", "SSL_CERT_")


class System:
    """One running Praksis.

    The caller holds the lock of ``state``. ``servers`` says where database and broker are: private ones in the state
    folder unless given. ``environment`` is added to that of every process. Processes are known by names such as
    ``scheduling-worker``.
    """

    def __init__(
        self,
        state: State,
        servers: Servers | None = None,
        *,
        environment: Mapping[str, str] | None = None,
        progress: Progress = silent,
    ) -> None:
        self.state = state
        self.servers: Servers = servers or MachineServers(state, progress=progress)
        self._environment = dict(environment or {})
        self._progress = progress
        self._ports: dict[str, int] = {}
        self._monitor_ports: dict[str, int] = {}
        self._processes: dict[str, Process] = {}

    @property
    def urls(self) -> dict[str, str]:
        """The public address of each service, without a slash at the end; empty before the start."""
        return {service: f"http://{LOOPBACK}:{port}" for service, port in self._ports.items()}

    @property
    def monitor_urls(self) -> dict[str, str]:
        """Where the worker of each service tells of itself, without a slash at the end; empty before the start."""
        return {service: f"http://{LOOPBACK}:{port}" for service, port in self._monitor_ports.items()}

    def database_url(self, service: str) -> str:
        """The address of the database for a service's own role."""
        return service_url(self.servers.database_url, service, self._role_password(service))

    def start(self) -> None:
        """Bring everything up and start the six processes; ``wait_ready`` waits for them.

        Raises SetupError when a part does not come up; ``stop`` then puts away the parts that did.
        """
        self._end_leftovers()
        self.servers.start()
        self._progress("database", "roles and schemas")
        provision(self.servers.database_url, {service: self._role_password(service) for service in SERVICES})
        self._progress("services", "tables and queues")
        with ThreadPoolExecutor(max_workers=len(SERVICES)) as side_by_side:
            list(side_by_side.map(self._prepare, SERVICES))
        self._claim_ports()
        for service in SERVICES:
            for role in ROLES:
                self._processes[f"{service}-{role}"] = Process(self._command(service, role))
        for name in self._processes:
            self.start_process(name)

    def stop(self) -> None:
        """Stop the processes, then broker and database; safe at any moment, also after half a start."""
        try:
            self._stop_processes()
        finally:
            self.servers.stop()

    def start_process(self, name: str) -> None:
        """Start one process, for instance one that was killed."""
        self._processes[name].start()
        self._progress(name, "started")

    def stop_process(self, name: str) -> None:
        """Stop one process in good order."""
        self._processes[name].stop()
        self._progress(name, "stopped")

    def kill(self, name: str) -> None:
        """End one process at once, as a crash or a power cut would (SIGKILL)."""
        self._processes[name].kill()
        self._progress(name, "killed")

    def ended(self) -> list[str]:
        """The names of the processes that should run and do not."""
        return [name for name, process in self._processes.items() if not process.alive]

    def bring_back(self) -> list[str]:
        """Start again what should run and does not, servers first; returns the names. Raises SetupError."""
        servers, processes = self.servers.bring_back(), self.ended()
        for name in processes:
            self.start_process(name)
        return [*servers, *processes]

    def wait_ready(self, seconds: float = 60.0) -> None:
        """Wait until each process says that it is ready.

        Raises SetupError with the end of its log when one has ended, or is not ready in time.
        """
        deadline = time.monotonic() + seconds
        processes = {f"{service}-web": url for service, url in self.urls.items()}
        processes |= {f"{service}-worker": url for service, url in self.monitor_urls.items()}
        with httpx.Client(trust_env=False, timeout=5) as client:
            for name, url in processes.items():
                while not _is_ready(client, url):
                    self._require_alive()
                    if time.monotonic() > deadline:
                        late = self._processes[name]
                        raise SetupError(
                            f"{name} was not ready within {seconds:.0f} seconds. "
                            f"Its log, {late.command.log}, ends with:\n{late.last_lines()}"
                        )
                    time.sleep(0.05)
                self._progress(name, f"ready on {url}")
        self._require_alive()

    def _prepare(self, service: str) -> None:
        prepare(service, self.database_url(service), self.servers.amqp_url)

    def _stop_processes(self) -> None:
        if self._processes:
            self._progress("services", "stopping")
            with ThreadPoolExecutor(max_workers=len(self._processes)) as side_by_side:
                list(side_by_side.map(Process.stop, self._processes.values()))
        for ports in (self._ports, self._monitor_ports):
            for port in ports.values():
                give_back(port)
            ports.clear()

    def _require_alive(self) -> None:
        for process in self._processes.values():
            process.require_alive()

    def _end_leftovers(self) -> None:
        for record in self.state.records.glob("*.json"):
            if end_leftover(record, seconds=STOP_SECONDS):
                self._progress(record.stem, "a process of an earlier run was still there, and was ended")

    def _claim_ports(self) -> None:
        self._claim("web", PREFERRED_PORTS, self._ports)
        self._claim("worker", PREFERRED_MONITOR_PORTS, self._monitor_ports)

    def _claim(self, role: str, ports: Mapping[str, int], claimed: dict[str, int]) -> None:
        for service, preferred in ports.items():
            port = claimed[service] = free_port(preferred)
            if port != preferred:
                self._progress(f"{service}-{role}", f"port {preferred} is taken, so it gets {port}")

    def _role_password(self, service: str) -> str:
        return self.servers.role_secrets.get(f"role-{service}")

    def _command(self, service: str, role: str) -> Command:
        name = f"{service}-{role}"
        log = self.state.logs / f"{name}.log"
        log.unlink(missing_ok=True)
        return Command(
            name=name,
            arguments=[sys.executable, "-m", f"{service}.{role}"],
            environment=self._process_environment(service, role),
            folder=CHECKOUT,
            log=log,
            record=self.state.records / f"{name}.json",
            grace=STOP_SECONDS,
        )

    def _process_environment(self, service: str, role: str) -> dict[str, str]:
        own = service.upper()
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name in _INHERITED or name.startswith(_INHERITED_FAMILIES)
        }
        return {
            **inherited,
            "PYTHONUNBUFFERED": "1",
            "OTEL_BSP_SCHEDULE_DELAY": "300",
            "PRAKSIS_ENVIRONMENT": "development",
            "PRAKSIS_SESSION_SECRET": self.state.secrets.get("session"),
            "PRAKSIS_CLOCK_FILE": str(self.state.clock),
            "PRAKSIS_STATIC": str(CHECKOUT / "shared" / "frontend" / "node_modules"),
            **{f"PRAKSIS_{other.upper()}_URL": url for other, url in self.urls.items()},
            f"{own}_DATABASE_URL": self.database_url(service),
            "INTAKE_ATTACHMENTS": str(self.state.folder / "attachments"),
            **(self._of_worker(service) if role == "worker" else {f"{own}_PORT": str(self._ports[service])}),
            **self._environment,
        }

    def _of_worker(self, service: str) -> dict[str, str]:
        """Only the process that moves events knows where the broker is, and has a port of its own to tell of itself."""
        own = service.upper()
        return {
            f"{own}_AMQP_URL": self.servers.amqp_url,
            f"{own}_MONITOR_PORT": str(self._monitor_ports[service]),
        }


def _is_ready(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(f"{url}/health/ready").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
