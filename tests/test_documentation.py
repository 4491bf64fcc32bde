"""The README's tree is the tree, its commands and prompts exist, its links lead somewhere."""

import re
from pathlib import Path

import pytest

from qa.cli import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
MODULES = [
    path for half in ("ingest", "qa") for path in sorted((ROOT / half).glob("*.py")) if path.name != "__init__.py"
]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_module_is_in_the_tree(module: Path) -> None:
    tree = README.partition("## The tree")[2]
    half = tree.partition(f"{module.parent.name}/ ")[2]
    assert re.search(rf"^  {re.escape(module.name)} ", half, re.MULTILINE)


def test_every_prompt_is_named() -> None:
    for prompt in (ROOT / "prompts").glob("*.md"):
        assert prompt.name in README


def test_pictures_and_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_no_module_is_longer_than_300_lines() -> None:
    assert {
        path.name for path in ROOT.glob("[qi]*/**/*.py") if len(path.read_text("utf-8").splitlines()) > 300
    } == set()


def test_every_command_is_in_the_readme() -> None:
    for command in app.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "")
        assert f"`dateline {name}" in README, name
