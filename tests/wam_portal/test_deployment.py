"""The container files and locks: valid, without default secrets, pinned, and naming no download host."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("base", "dev", "node")
SECRETS = ("SECRET_KEY", "AUDIT_KEY", "DATABASE_URL", "EMAIL_URL", "ALLOWED_HOSTS", "PUBLIC_BASE_URL")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return content


def test_the_compose_file_follows_the_compose_schema(tmp_path: Path) -> None:
    def check(file: Path) -> int:
        command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
        return subprocess.run(command, capture_output=True, check=False).returncode

    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text((ROOT / "docker-compose.yml").read_text("utf-8").replace("healthcheck:", "healthchek:"), "utf-8")
    assert check(ROOT / "docker-compose.yml") == 0
    assert check(wrong) == 1


@pytest.mark.parametrize("service", ["setup", "web", "worker"])
@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_of_the_containers_has_a_default(compose: dict[str, Any], service: str, name: str) -> None:
    value = compose["services"][service]["environment"][name]
    assert re.search(r"\$\{[A-Z_]+:\?[^}]+\}", value)
    assert not re.search(r"\$\{[A-Z_]+:?-", value)


def test_web_and_worker_wait_for_the_tables_and_report_their_health(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services["setup"]["depends_on"]["database"]["condition"] == "service_healthy"
    for name in ("web", "worker"):
        assert services[name]["depends_on"]["setup"]["condition"] == "service_completed_successfully"
    assert {name for name, service in services.items() if "healthcheck" in service} == {"database", "web", "worker"}


def test_the_web_server_is_reachable_from_this_machine_only(compose: dict[str, Any]) -> None:
    assert compose["services"]["web"]["ports"] == ["127.0.0.1:8000:8000"]
    assert "ports" not in compose["services"]["database"]


def test_the_image_runs_as_an_ordinary_user_from_the_hash_lock() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users == ["portal"]
    installs = [line for line in lines if "pip install" in line]
    assert installs
    assert all("--require-hashes" in line for line in installs)
    bases = [line.split()[1] for line in lines if line.startswith("FROM ")]
    assert set(bases) == {"debian:bookworm-slim"}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_is_pinned_with_a_hash_and_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text("utf-8")
    entries = [entry for entry in re.split(r"\n(?=[A-Za-z0-9])", text) if not entry.startswith("#")]
    assert entries
    assert all(re.match(r"[\w.-]+==[\w.!+-]+ ?(; [^\n]+)?\\\n +--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host", text)


def test_the_development_lock_holds_the_same_versions_as_the_running_one() -> None:
    def pins(lock: str) -> dict[str, str]:
        return dict(
            re.findall(r"^([\w.-]+)==(\S+)", (ROOT / f"requirements/{lock}.txt").read_text("utf-8"), re.MULTILINE)
        )

    running, development = pins("base"), pins("dev")
    assert running.items() <= development.items()


def test_the_front_end_lock_names_no_download_address() -> None:
    packages: dict[str, Any] = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    fetched = {name: entry for name, entry in packages.items() if name}
    assert {"node_modules/bootstrap", "node_modules/axe-core"} <= set(fetched)
    assert not [name for name, entry in fetched.items() if "resolved" in entry]
    assert all(entry["integrity"].startswith("sha512-") for entry in fetched.values())
