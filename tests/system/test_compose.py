"""The compose file and the images, as far as they can be judged where no engine runs."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic_settings import BaseSettings

from intake.settings import IntakeSettings
from local import compose_secrets
from local.provision import SERVICES
from local.state import CHECKOUT
from shared.mail.settings import MailSettings
from shared.settings import KernelSettings, ProcessSettings, RetentionSettings

FILE = CHECKOUT / "docker-compose.yml"
TELEMETRY = CHECKOUT / "deploy/telemetry"
DOCKERFILES = (CHECKOUT / "deploy/docker/Dockerfile", TELEMETRY / "Dockerfile")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return parsed


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose["services"]
    return found


def _has_compose() -> bool:
    docker = shutil.which("docker")
    return docker is not None and subprocess.run([docker, "compose", "version"], capture_output=True).returncode == 0


@pytest.mark.skipif(not _has_compose(), reason="docker has no compose plugin here")
def test_docker_accepts_the_file() -> None:
    result = subprocess.run(
        ["docker", "compose", "--file", str(FILE), "config", "--quiet"], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr


def test_every_part_is_there(services: dict[str, dict[str, Any]]) -> None:
    for service in SERVICES:
        assert {f"{service}-prepare", f"{service}-web", f"{service}-worker"} <= set(services)
    others = {"postgres", "rabbitmq", "otel-collector", "jaeger", "prometheus", "grafana", "mailpit"}
    assert others <= set(services)
    assert services["postgres"]["image"].startswith("postgres:18")
    assert services["rabbitmq"]["image"].startswith("rabbitmq:4-management")


def test_what_runs_says_whether_it_is_well(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        runs_once = service["restart"] == "no"
        assert runs_once or service["healthcheck"]["test"][0] == "CMD", name


def test_each_process_is_asked_where_it_answers(services: dict[str, dict[str, Any]]) -> None:
    for service in SERVICES:
        web, worker = services[f"{service}-web"], services[f"{service}-worker"]
        assert web["healthcheck"]["test"][1:] == ["python", "/app/healthcheck.py", "web"]
        assert worker["healthcheck"]["test"][1:] == ["python", "/app/healthcheck.py", "worker"]
        assert f"{service.upper()}_MONITOR_PORT" not in web["environment"]
        assert web["environment"][f"{service.upper()}_WEB_MONITOR_HOST"] == "0.0.0.0"
        assert worker["environment"][f"{service.upper()}_MONITOR_HOST"] == "0.0.0.0"


def test_prometheus_asks_every_worker_and_no_one_else_can(services: dict[str, dict[str, Any]]) -> None:
    parsed = yaml.safe_load((TELEMETRY / "prometheus.yml").read_text())
    (workers,) = [job for job in parsed["scrape_configs"] if job["job_name"] == "workers"]
    ports = {name: services[f"{name}-worker"]["environment"][f"{name.upper()}_MONITOR_PORT"] for name in SERVICES}
    assert workers["static_configs"] == [{"targets": [f"{name}-worker:{port}" for name, port in ports.items()]}]
    (webs,) = [job for job in parsed["scrape_configs"] if job["job_name"] == "webs"]
    ports = {name: services[f"{name}-web"]["environment"][f"{name.upper()}_WEB_MONITOR_PORT"] for name in SERVICES}
    assert webs["static_configs"] == [{"targets": [f"{name}-web:{port}" for name, port in ports.items()]}]
    for service in SERVICES:
        assert "ports" not in services[f"{service}-worker"]
        assert [port.rpartition(":")[2] for port in services[f"{service}-web"]["ports"]] == ["8100"]
    assert set(services["prometheus"]["networks"]) == {"inside"}


def test_prometheus_finds_its_rules(services: dict[str, dict[str, Any]]) -> None:
    rules = yaml.safe_load((TELEMETRY / "prometheus.yml").read_text())["rule_files"]
    assert rules == ["alerts.yml"]
    assert "./deploy/telemetry/alerts.yml:/etc/prometheus/alerts.yml:ro" in services["prometheus"]["volumes"]


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not here")
@pytest.mark.parametrize(
    "check",
    [
        ["check", "config", "--syntax-only", "prometheus.yml"],
        ["check", "rules", "alerts.yml"],
        ["test", "rules", "alerts.test.yml"],
    ],
)
def test_prometheus_accepts_its_files_and_alarms_when_it_should(check: list[str]) -> None:
    result = subprocess.run(["promtool", *check], cwd=TELEMETRY, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_alert_says_how_urgent_it_is_and_what_is_wrong() -> None:
    groups = yaml.safe_load((TELEMETRY / "alerts.yml").read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["labels"] in ({"severity": "urgent"}, {"severity": "soon"}), rule["alert"]
        assert set(rule["annotations"]) == {"summary"}, rule["alert"]


def test_nobody_can_do_more_than_they_must(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not re.match(r"(0|root)\b", service["user"]), name
        forbidden = {"privileged", "cap_add", "pid", "ipc", "network_mode", "devices", "userns_mode"}
        assert not forbidden & set(service), name
        assert "docker.sock" not in str(service.get("volumes", "")), name


def test_only_this_host_reaches_the_published_ports(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), name
        assert "published" in service["networks"] or "ports" not in service, name
    for name in ("postgres", *(f"{service}-worker" for service in SERVICES)):
        assert services[name]["networks"] == ["inside"]


def test_no_secret_is_written_down(compose: dict[str, Any], services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        for variable, value in service.get("environment", {}).items():
            named_secret = re.search(r"PASS|SECRET|TOKEN|_KEY|DATABASE_URL|AMQP_URL", variable)
            assert named_secret is None or str(value).startswith("/run/secrets/"), (name, variable)
    assert not re.search(r"\w+://[^/\s]*:[^/\s]*@", FILE.read_text())
    for secret in compose["secrets"].values():
        assert secret["file"].startswith("./var/secrets/")
    ignored = subprocess.run(["git", "check-ignore", "--quiet", "var/secrets/postgres"], cwd=CHECKOUT)
    assert ignored.returncode in (0, 128)  # 128: not a checkout


def test_each_is_given_only_the_secrets_it_needs(services: dict[str, dict[str, Any]]) -> None:
    for service in SERVICES:
        role = f"role-{service}"
        assert services[f"{service}-web"]["secrets"] == [role, "session"]
        assert services[f"{service}-worker"]["secrets"] == [role, "broker"]
        assert services[f"{service}-prepare"]["secrets"] == [role, "broker"]


def test_only_workers_hand_over_mail_and_it_stays_on_this_host(services: dict[str, dict[str, Any]]) -> None:
    for service in SERVICES:
        address = services[f"{service}-worker"]["environment"]["PRAKSIS_MAIL_SERVER"]
        assert address == "${PRAKSIS_MAIL_SERVER:-smtp://mailpit:1025?tls=none}"
        web = services[f"{service}-web"]["environment"]
        assert [name for name in web if name.startswith("PRAKSIS_MAIL_")] == []
        assert "mailpit" not in str(web)
    assert set(services["mailpit"]["networks"]) > {"inside"}


def _variables(settings: type[BaseSettings], *others: str) -> set[str]:
    """What the environment may say, but for what the image, the secrets and the networks decide."""
    prefix = str(settings.model_config["env_prefix"])
    return {f"{prefix}{name.upper()}" for name in settings.model_fields.keys() - others}


def test_whatever_can_be_set_is_passed_on(services: dict[str, dict[str, Any]]) -> None:
    for service in SERVICES:
        web, worker = (services[f"{service}-{kind}"]["environment"] for kind in ("web", "worker"))
        known = _variables(KernelSettings, "session_secret", "static", "clock_file") | _variables(RetentionSettings)
        assert known - web.keys() == set()
        assert _variables(ProcessSettings, "clock_file") | _variables(MailSettings) <= worker.keys()
    own = _variables(IntakeSettings, "database_url")
    assert own - services["intake-web"]["environment"].keys() == set()
    for each in services.values():
        given = {name for name, value in each.get("environment", {}).items() if value is None}
        assert {name for name in given if not name.startswith(("PRAKSIS_", "INTAKE_KEEP_"))} == set()


def test_the_secrets_that_are_named_are_the_ones_that_are_generated(
    compose: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compose_secrets, "FOLDER", tmp_path / "var" / "secrets")
    made = compose_secrets.generate()
    assert {f"./var/secrets/{name}" for name in made} == {secret["file"] for secret in compose["secrets"].values()}
    assert (tmp_path / "var" / "secrets").stat().st_mode & 0o777 == 0o700
    before = (tmp_path / "var" / "secrets" / "postgres").read_text()
    assert compose_secrets.generate() == []
    assert (tmp_path / "var" / "secrets" / "postgres").read_text() == before


def test_whatever_is_waited_for_exists_and_can_be_waited_for(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        for other, wait in service.get("depends_on", {}).items():
            condition = wait["condition"]
            assert condition != "service_healthy" or "healthcheck" in services[other], (name, other)
            assert condition != "service_completed_successfully" or services[other]["restart"] == "no", (name, other)


def test_files_that_are_mounted_exist(services: dict[str, dict[str, Any]]) -> None:
    mounts = [volume for service in services.values() for volume in service.get("volumes", [])]
    from_checkout = [mount for mount in mounts if mount.startswith(".")]
    assert from_checkout
    for mount in from_checkout:
        source, _, mode = mount.split(":")
        assert (CHECKOUT / source).exists(), mount
        assert mode == "ro", mount


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.parent.name)
def test_what_an_image_copies_exists_and_it_ends_without_root(dockerfile: Path) -> None:
    lines = dockerfile.read_text().splitlines()
    copies = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from=" not in line]
    for words in copies:
        for source in (word for word in words if not word.startswith("--")):
            for service in SERVICES:
                assert (CHECKOUT / source.replace("${SERVICE}", service)).exists(), source
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users
    assert users[-1].split(":")[0] not in {"0", "root"}


def test_the_build_takes_every_package_with_its_hash() -> None:
    recipe = DOCKERFILES[0].read_text()
    assert "--constraints requirements.lock --build-constraints requirements.lock" in recipe
    assert "npm ci" in recipe
    assert not re.search(r"https?://|index-url|--no-verify-hashes", recipe)


def test_programs_of_the_images_are_well_formed() -> None:
    for script in (CHECKOUT / "deploy/docker").glob("*.sh"):
        assert subprocess.run(["sh", "-n", str(script)]).returncode == 0
    compile((CHECKOUT / "deploy/docker/healthcheck.py").read_text(), "healthcheck.py", "exec")
    for settings in (*TELEMETRY.rglob("*.yaml"), *TELEMETRY.rglob("*.yml"), *TELEMETRY.rglob("*.json")):
        assert yaml.safe_load(settings.read_text()), settings
