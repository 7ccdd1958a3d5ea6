"""What is changed in the build of the pages is there to be changed, or the build fails and says what is missing."""

import re
from collections.abc import Callable

import pytest

from chatapp.ui.components.code_colours import with_module_workers
from chatapp.ui.frontend_patches import PatchFailed, removed, replaced
from chatapp.ui.own_address import with_own_address
from chatapp.ui.reconnecting import with_jitter
from chatapp.ui.theme import with_radix_parts, with_root_rule, without_radix_namespace

OURS = (
    ("styles/tailwind.css", with_radix_parts),
    ("postcss.config.js", with_root_rule),
    ("app/root.jsx", without_radix_namespace),
    ("vite.config.js", with_module_workers),
    ("utils/state.js", with_own_address),
    ("utils/state.js", with_jitter),
)


@pytest.mark.parametrize(("file", "patch"), OURS)
def test_a_file_of_another_reflex_fails_the_build_with_a_sentence_that_names_it(
    file: str, patch: Callable[[str], str]
) -> None:
    with pytest.raises(PatchFailed, match=f"Reflex no longer writes .* into {re.escape(file)}"):
        patch("what another version writes")


def test_a_text_is_changed_once_however_often_the_pages_are_built() -> None:
    changed = replaced("a b c", "b", "b too", file="x")
    assert changed == "a b too c"
    assert replaced(changed, "b", "b too", file="x") == changed


def test_all_that_is_unwanted_is_removed() -> None:
    assert removed("a1b22c", re.compile(r"\d+"), file="x") == "abc"
