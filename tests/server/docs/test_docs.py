"""The documentation matches the code: tables are generated, the version is stated once."""

import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.readme import README, with_tables

ROOT = Path(__file__).parents[3]


def test_the_readme_shows_every_setting_and_tool() -> None:
    assert with_tables(README.read_text()) == README.read_text(), "run `make snapshots`"


def test_the_changelog_begins_with_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    headings = [line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## [")]
    released = [heading for heading in headings if heading != "## [Unreleased]"]
    assert released[0].startswith(f"## [{version}]")


@pytest.mark.parametrize("package", ["domain", "storage", "tools", "server"])
def test_nobody_else_ships_a_package_of_our_name(package: str) -> None:
    assert set(packages_distributions().get(package, ["viva"])) == {"viva"}


def test_no_address_of_a_package_index_is_in_the_lock_files() -> None:
    for name in ("requirements/runtime.lock", "requirements/dev.lock"):
        assert "://" not in (ROOT / name).read_text()
