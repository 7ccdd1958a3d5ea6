"""What is installed is what was looked at: packages by version and hash, images in a form that can be pinned."""

import json
import re
import subprocess
from email.message import Message
from pathlib import Path

import pytest

from deploy.licences import PIN, UNKNOWN, licence_of
from tests.rules.source_tree import ROOT

LEVELS = ("requirements", "requirements-stack", "requirements-dev", "requirements-supply")
NAMED = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^ ;\n]+)", re.MULTILINE)
IMAGE = re.compile(r"^(?:FROM|    image:) ([^\s]+)$", re.MULTILINE)
OWN_IMAGE = "chatapp"
IMAGE_FORM = re.compile(r"[a-z]+:[\w.-]+(@sha256:[0-9a-f]{64})?")
STRONG_COPYLEFT = re.compile(r"(?<!L)(A?GPL)|SSPL|BUSL|Commons Clause")
PINNING = re.compile(r"^for image in .*?^done$", re.MULTILINE | re.DOTALL)


def entries(level: str) -> list[str]:
    """The packages of a compiled file, each with its hashes."""
    return re.split(r"\n(?=\S)", (ROOT / f"{level}.txt").read_text().strip())


def normal(name: str) -> str:
    """A package's name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def images() -> list[str]:
    """The images of others that the descriptions name."""
    found = [
        name for file in ("Dockerfile", "compose.yaml") for name in IMAGE.findall((ROOT / "deploy" / file).read_text())
    ]
    return [name for name in found if name != OWN_IMAGE]


@pytest.mark.parametrize("level", LEVELS)
def test_every_package_has_a_version_and_hashes(level: str) -> None:
    for entry in entries(level):
        assert re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


@pytest.mark.parametrize("level", LEVELS)
def test_what_was_chosen_is_what_is_pinned(level: str) -> None:
    pinned = {(normal(name), version) for name, version, _ in PIN.findall((ROOT / f"{level}.txt").read_text())}
    chosen = {(normal(name), version) for name, version in NAMED.findall((ROOT / f"{level}.in").read_text())}
    assert chosen <= pinned


def test_the_levels_agree_about_each_version() -> None:
    runtime, stack, dev = (set(PIN.findall((ROOT / f"{level}.txt").read_text())) for level in LEVELS[:3])
    assert {(name, version) for name, version, _ in runtime} <= {(name, version) for name, version, _ in stack}
    assert {(name, version) for name, version, _ in stack} <= {(name, version) for name, version, _ in dev}


def test_whatever_installs_insists_on_hashes() -> None:
    for file in ("Makefile", "deploy/Dockerfile"):
        for line in (ROOT / file).read_text().splitlines():
            if "pip install" in line and not line.startswith("#"):
                assert "--require-hashes" in line, line


def test_each_npm_package_has_a_hash() -> None:
    locked = json.loads((ROOT / "reflex.lock" / "package-lock.json").read_text())["packages"]
    assert len(locked) > 100
    assert all(package["integrity"].startswith("sha512-") for path, package in locked.items() if path)


def test_the_list_of_licences_names_every_pinned_package() -> None:
    page = (ROOT / "docs" / "licences.md").read_text()
    for name, version, _ in PIN.findall((ROOT / "requirements.txt").read_text()):
        assert f"{name} {version}" in page, f"{name} is missing: make licences"


def test_no_licence_asks_that_chatapp_be_given_another() -> None:
    rows = [line for line in (ROOT / "docs" / "licences.md").read_text().splitlines() if line.startswith("| ")]
    assert len(rows) > 20
    for row in rows:
        choices = row.split("|")[1].replace("Lesser General", "L").split(" OR ")
        assert not all(STRONG_COPYLEFT.search(licence) for licence in choices), row[:100]


@pytest.mark.parametrize(
    ("headers", "licence"),
    [
        ({"License-Expression": "MIT", "License": "old words"}, "MIT"),
        ({"License": "BSD"}, "BSD"),
        ({"License": "UNKNOWN", "Classifier": "License :: OSI Approved :: MIT License"}, "MIT License"),
        ({"License": "The whole text of it, " * 9}, UNKNOWN),
        ({}, UNKNOWN),
    ],
)
def test_a_licence_is_read_in_each_way_that_packages_name_it(headers: dict[str, str], licence: str) -> None:
    told = Message()
    for name, value in headers.items():
        told[name] = value
    assert licence_of(told) == licence  # type: ignore[arg-type]


def test_images_have_a_tag_and_where_it_is_known_a_digest() -> None:
    assert len(images()) == 4
    for name in images():
        assert IMAGE_FORM.fullmatch(name), name


def test_the_documented_command_pins_each_image_and_pins_it_anew(tmp_path: Path) -> None:
    found = PINNING.search((ROOT / "docs" / "deploy.md").read_text())
    assert found is not None
    for file in ("Dockerfile", "compose.yaml"):
        (tmp_path / file).write_text((ROOT / "deploy" / file).read_text())
    docker = tmp_path / "docker"
    for digit in "ab":
        docker.write_text(f"#!/bin/sh\necho sha256:{digit * 64}\n")
        docker.chmod(0o755)
        subprocess.run(["sh", "-c", found[0]], cwd=tmp_path, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=True)
        texts = [(tmp_path / file).read_text() for file in ("Dockerfile", "compose.yaml")]
        assert sorted(name for text in texts for name in IMAGE.findall(text) if name != OWN_IMAGE) == sorted(
            f"{name.partition('@')[0]}@sha256:{digit * 64}" for name in images()
        )
