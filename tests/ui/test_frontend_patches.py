"""What is changed in the build of the pages is there to be changed, or the build fails and says what is missing."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from chatapp.cli.frontend import BuildFailed, preload_chat
from chatapp.ui.components.code_colours import with_module_workers
from chatapp.ui.frontend_patches import PatchFailed, removed, replaced
from chatapp.ui.reconnecting import with_jitter
from chatapp.ui.theme import with_radix_parts, with_root_rule, without_radix_namespace
from chatapp.web.backend_address import has_address
from tests.web.test_backend_address import BAKED

OURS = {
    "styles/tailwind.css": with_radix_parts,
    "postcss.config.js": with_root_rule,
    "app/root.jsx": without_radix_namespace,
    "vite.config.js": with_module_workers,
    "utils/state.js": with_jitter,
}


@pytest.mark.parametrize("file", OURS)
def test_a_file_of_another_reflex_fails_the_build_with_a_sentence_that_names_it(file: str) -> None:
    patch: Callable[[str], str] = OURS[file]
    with pytest.raises(PatchFailed, match=f"Reflex no longer writes .* into {re.escape(file)}"):
        patch("what another version writes")


def test_a_text_is_changed_once_however_often_the_pages_are_built() -> None:
    changed = replaced("a b c", "b", "b too", file="x")
    assert changed == "a b too c"
    assert replaced(changed, "b", "b too", file="x") == changed


def test_all_that_is_unwanted_is_removed() -> None:
    assert removed("a1b22c", re.compile(r"\d+"), file="x") == "abc"


def test_pages_that_name_no_files_fail_the_build(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<html><head></head></html>")
    with pytest.raises(BuildFailed, match="names a page's files"):
        preload_chat(tmp_path)


def test_the_address_of_the_back_end_is_in_a_build_or_not(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    assert not has_address(tmp_path)
    (tmp_path / "assets" / "reflex-env-Ab1.js").write_text("nothing")
    assert not has_address(tmp_path)
    (tmp_path / "assets" / "reflex-env-Ab1.js").write_text(BAKED)
    assert has_address(tmp_path)
