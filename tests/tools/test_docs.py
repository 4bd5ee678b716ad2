"""What the documents say is so: settings, limits, commands and links."""

import re
from pathlib import Path

import pytest

from server.config import read_settings
from tests.tools.test_requirements import is_shown
from tests.tools.tree import ROOT, files_ending, own_files, read

READMES = ("README.md", "README.zh-CN.md")
SETTING = re.compile(r"^\| `([A-Z_]+)` \| (.+?) \| (.+) \|$", re.MULTILINE)
READ_IN_CODE = re.compile(r'env\.\w+\(\s*"([A-Z_]+)"')
# Those that are called otherwise in the code, or have no plain default.
ATTRIBUTES = dict.fromkeys(
    [
        "MINGCHA_DATA",
        "MINGCHA_DATABASE_URL",
        "MINGCHA_SECRET",
        "MINGCHA_HEADS_DIR",
        "MINGCHA_SMTP_URL",
        "MINGCHA_HEADS_TO",
    ],
    "",
)
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
IMAGES = "docs/images/"
IMAGE_BYTES = 150_000


def settings_described() -> dict[str, str]:
    """The documented default of each setting."""
    return {name: default for name, default, _ in SETTING.findall(read("docs/settings.md"))}


def links(page: str) -> list[str]:
    """What a page links to inside the repository, relative to its root."""
    found = [first or second for first, second in LINK.findall(read(page))]
    inside = [link.partition("#")[0] for link in found if "://" not in link]
    folder = (ROOT / page).parent
    return [str((folder / link).resolve().relative_to(ROOT)) for link in inside if link]


def test_the_settings_described_are_those_that_are_read() -> None:
    assert sorted(settings_described()) == sorted(READ_IN_CODE.findall(read("server/config.py")))


def test_the_defaults_described_are_those_that_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in settings_described():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    settings = read_settings()
    for name, default in settings_described().items():
        attribute = ATTRIBUTES.get(name, name.removeprefix("MINGCHA_").lower())
        if attribute:
            assert default == f"`{str(getattr(settings, attribute)).lower()}`", name
    assert settings.data_dir == tmp_path / "var"
    assert settings.database_url.startswith("sqlite:///")


def test_every_limit_is_tried_by_a_test_that_is_there() -> None:
    rows = [line for line in read("docs/limits.md").splitlines() if line.startswith("| ")][1:]
    assert rows
    for row in rows:
        proofs = re.findall(r"`((?:tests|pwa)/[^`]+)`", row)
        assert proofs, row
        assert [proof for proof in proofs if not is_shown(proof)] == []


@pytest.mark.parametrize("page", READMES)
def test_the_readme_names_both_commands(page: str) -> None:
    for command in ("make run", "make test"):
        assert command in read(page)


def test_both_readmes_lead_to_the_same_pages_and_show_a_picture_of_each_face() -> None:
    pages = {page: [link for link in links(page) if link not in READMES] for page in READMES}
    english, chinese = (
        [link for link in found if not link.startswith(IMAGES)] for found in pages.values()
    )
    assert english == chinese
    for page, end in zip(READMES, (".png", ".zh-CN.png"), strict=True):
        shown = [link for link in pages[page] if link.startswith(IMAGES)]
        assert shown == [f"{IMAGES}{face}{end}" for face in ("phone", "office")]


def test_every_link_leads_somewhere() -> None:
    dead = {
        page: [link for link in links(page) if not (ROOT / link).exists()]
        for page in files_ending(".md")
    }
    assert {page: found for page, found in dead.items() if found} == {}


def test_pictures_are_shown_somewhere_and_are_light() -> None:
    pictures = [name for name in own_files() if name.startswith(IMAGES)]
    shown = {link for page in READMES for link in links(page)}
    assert pictures
    assert [name for name in pictures if name not in shown] == []
    assert [name for name in pictures if (ROOT / name).stat().st_size > IMAGE_BYTES] == []


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md"])
def test_the_version_of_the_product_is_told(page: str) -> None:
    version = re.search(r'^version = "(.+)"$', read("pyproject.toml"), re.MULTILINE)
    assert version is not None
    assert (f"## {version[1]}" if page == "CHANGELOG.md" else "CHANGELOG.md") in read(page)
