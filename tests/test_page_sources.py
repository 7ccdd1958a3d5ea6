"""The hash over what the pages are made of: it moves with them, and with nothing else."""

from pathlib import Path

import pytest

from chatapp.page_sources import fingerprint


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page in an otherwise empty project."""
    made = tmp_path / "chatapp" / "ui" / "pages" / "page.py"
    made.parent.mkdir(parents=True)
    made.write_text("a = 1")
    return made


def test_an_edited_a_new_and_a_renamed_page_each_make_another_hash(tmp_path: Path, page: Path) -> None:
    seen = {fingerprint(tmp_path)}
    page.write_text("a = 2")
    seen.add(fingerprint(tmp_path))
    page.with_name("other.py").write_text("")
    seen.add(fingerprint(tmp_path))
    page.rename(page.with_name("renamed.py"))
    seen.add(fingerprint(tmp_path))
    assert len(seen) == 4


def test_what_is_no_part_of_a_page_does_not_count(tmp_path: Path, page: Path) -> None:
    before = fingerprint(tmp_path)
    (tmp_path / "chatapp" / "worker.py").write_text("a = 1")
    page.with_suffix(".pyc").write_bytes(b"compiled")
    page.touch()
    assert fingerprint(tmp_path) == before
