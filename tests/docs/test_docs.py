"""The pages for operators: commands that are marked `run` run, files are understood by whom they are for."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from bgbegone import env
from tests import migrated
from tests.stack import ROOT, free_port

PAGES = sorted((ROOT / "docs").glob("*.md"))
_APP = "/opt/background-be-gone/app"


@dataclass(frozen=True)
class Block:
    """What stands between two fences; `mark` is what follows the language."""

    page: str
    language: str
    mark: str
    text: str

    @property
    def file(self) -> str:
        return self.mark.removeprefix("file=") if self.mark.startswith("file=") else ""


def _blocks() -> Iterator[Block]:
    for page in PAGES:
        fences = re.findall(r"^```(\w+)(.*)\n((?:.*\n)*?)```$", page.read_text(), re.MULTILINE)
        for language, mark, text in fences:
            yield Block(page.name, language, mark.strip(), text)


BLOCKS = list(_blocks())


def _files(*languages: str) -> list[Block]:
    return [block for block in BLOCKS if block.file and block.language in languages]


def test_every_command_is_run_here_or_marked() -> None:
    unmarked = [block for block in BLOCKS if not block.file and block.mark != "run"]
    assert all(re.match(r"not run: \w", block.mark) for block in unmarked), unmarked
    assert sum(block.mark == "run" for block in BLOCKS) >= 8


@pytest.mark.parametrize("page", sorted({block.page for block in BLOCKS if block.mark == "run"}))
def test_the_commands_of_a_page_run(page: str, tmp_path: Path) -> None:
    """One after the other, on a site that has just been set up."""
    (tmp_path / "backups").mkdir()
    script = "".join(block.text for block in BLOCKS if block.page == page and block.mark == "run")
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "DJANGO_SETTINGS_MODULE": "bgbegone.settings",
        "BGBEGONE_DATA": str(tmp_path / "var"),
        "BACKUPS": str(tmp_path / "backups"),
        "PORT": str(free_port()),
        **dict.fromkeys(("DATABASE_URL", "STORAGE_URL", "BROKER_URL", "CACHE_URL"), ""),
    }
    migrated.put_into(tmp_path / "var")
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("block", _files("env"), ids=lambda block: block.file)
def test_settings_that_are_shown_are_settings_with_right_values(block: Block, tmp_path: Path) -> None:
    values = dict(line.split("=", 1) for line in block.text.splitlines())
    assert set(values) <= set(env.DECLARED)
    for name in ("BGBEGONE_DATA", "BGBEGONE_MODELS"):
        values[name] = str(tmp_path / name)
    if "DKIM_KEY_FILE" in values:
        values["DKIM_KEY_FILE"] = ""
    started = subprocess.run(
        [sys.executable, "-c", "from bgbegone import settings"],
        cwd=ROOT,
        env={**os.environ, **values},
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 0, started.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_units_are_understood_by_systemd(tmp_path: Path) -> None:
    units = []
    for block in _files("ini"):
        # On this machine the service is another one's, and lies elsewhere.
        text = re.sub(r"^(User|EnvironmentFile)=.*\n", "", block.text, flags=re.MULTILINE)
        text = text.replace(f"{_APP}/.venv/bin/python", sys.executable).replace(_APP, str(ROOT))
        units.append(tmp_path / block.file)
        units[-1].write_text(text)
    run = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, units)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in run.stderr.splitlines() if "bgbegone" in line]
    assert (len(units), ours) == (5, [])


def test_units_and_compose_file_start_what_the_supervisor_starts() -> None:
    """Another queue or option in one of the three would be forgotten in the others."""
    supervisor = (ROOT / "bgbegone" / "supervisord.conf").read_text()
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    said = {
        "supervisor": supervisor,
        "units": "".join(block.text for block in _files("ini") if block.page == "machines.md"),
        "compose": "\n".join(str(service.get("command")) for service in compose["services"].values()),
    }
    for name, text in said.items():
        assert "--queues interactive,bulk --" in text, name
        assert "--queues upkeep,mail --pool threads --concurrency 3" in text, name
        assert re.search(r"gunicorn bgbegone\.asgi --config \S*gunicorn\.py", text), name
        assert re.search(r"bgbegone beat .*--pidfile=", text), name


@pytest.mark.skipif(not shutil.which("caddy"), reason="Caddy is not installed")
def test_the_caddyfile_is_understood_by_caddy(tmp_path: Path) -> None:
    (block,) = _files("caddy")
    file = tmp_path / "Caddyfile"
    file.write_text(block.text)
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(file)]
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
def test_the_configuration_is_understood_by_nginx(tmp_path: Path) -> None:
    (block,) = _files("nginx")
    pem = ["-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")]
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=photos.example.org",
        *pem,
    ]
    subprocess.run(make, check=True, capture_output=True)
    text = block.text.replace("/etc/letsencrypt/live/photos.example.org", str(tmp_path))
    text = text.replace("listen 443", f"listen 127.0.0.1:{free_port()}").replace(
        "listen 80", f"listen 127.0.0.1:{free_port()}"
    )
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/nginx.pid;\nevents {{}}\nhttp {{ access_log off;\n{text}\n}}\n"
    )
    command = ["nginx", "-t", "-e", str(tmp_path / "errors"), "-c", str(tmp_path / "nginx.conf")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_every_page_is_in_the_list() -> None:
    listed = set(re.findall(r"\]\((\w+\.md)\)", (ROOT / "docs" / "README.md").read_text()))
    assert listed == {page.name for page in PAGES} - {"README.md"}


def test_links_between_the_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), (page.name, target)


def test_the_compose_file_knows_its_settings_and_its_services() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    services = compose["services"]
    for name, service in services.items():
        assert set(service.get("depends_on", {})) <= set(services), name
        if "build" in service:
            assert set(service["environment"]) <= set(env.DECLARED), name
