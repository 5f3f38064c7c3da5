"""What every page owes its reader: links that lead somewhere, and nothing of the machine it was written on."""

from __future__ import annotations

import re
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

LINK = re.compile(r"(?<!`)\[[^\]]*\]\(<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\)|(?:src|srcset|href)=\"([^\"]+)\"")
PICTURE = re.compile(r"!\[([^\]]*)\]\((?:docs/)?pictures/([^)]+)\)")
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home|Users|tmp|mnt)/\w")


def prose(page: Path) -> str:
    """The page without its blocks of code."""
    return re.sub(r"(?ms)^```.*?^```$", "", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """The fragments that a page's headings can be linked by."""
    headings = re.findall(r"(?m)^#+ (.+)$", prose(page))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_relative_link_leads_somewhere(page: Path) -> None:
    broken = []
    for match in LINK.finditer(prose(page)):
        target, _, fragment = (match[1] or match[2]).partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (page.parent / target).resolve() if target else page
        if not file.exists() or (fragment and file.suffix == ".md" and fragment not in anchors(file)):
            broken.append(match[0])
    assert broken == []


def test_no_page_names_a_path_of_somebodys_machine(page: Path) -> None:
    assert MACHINE.findall(page.read_text(encoding="utf-8")) == []


def test_the_index_has_every_page_of_docs(root: Path) -> None:
    index = (root / "docs/README.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\(([^)]+\.md)\)", index))
    pages = {str(page.relative_to(root / "docs")) for page in (root / "docs").rglob("*.md")} - {"README.md"}
    assert pages - linked == set()


def test_pictures_say_in_words_what_they_show(root: Path) -> None:
    for picture in (root / "docs").rglob("*.svg"):
        svg = ET.parse(picture).getroot()  # noqa: S314 - the project's own file
        assert svg.findtext("{http://www.w3.org/2000/svg}title")
        assert svg.findtext("{http://www.w3.org/2000/svg}desc")


def test_every_screenshot_is_shown_with_words_and_all_of_them_are_small(root: Path) -> None:
    taken = {picture.name: picture.stat().st_size for picture in (root / "docs/pictures").glob("*.png")}
    pages = [root / "README.md", *(root / "docs").rglob("*.md")]
    shown = [found for page in pages for found in PICTURE.findall(page.read_text(encoding="utf-8"))]
    assert {name for _, name in shown} == set(taken)
    assert [name for words, name in shown if len(words.split()) < 2] == []
    assert sum(taken.values()) < 3 * 1024**2, "a checkout is no album: is pngquant there?"


def test_decisions_are_numbered_without_gaps(root: Path) -> None:
    numbers = sorted(int(page.name[:4]) for page in (root / "docs/decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_changelog_has_an_entry_for_this_version(root: Path) -> None:
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert re.search(rf"(?m)^## \[{re.escape(version)}\] - ", (root / "CHANGELOG.md").read_text(encoding="utf-8"))
