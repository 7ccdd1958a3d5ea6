"""What people see of the ids of models, of which some are paths."""

import pytest

from chatapp.catalog.model_names import file_name, shown_names


@pytest.mark.parametrize(
    ("model_id", "name"),
    [
        ("/home/ada/models/bert-chat.gguf", "bert-chat.gguf"),
        (r"C:\models\ada\bert-chat.gguf", "bert-chat.gguf"),
        ("d:/models/llama.gguf", "llama.gguf"),
        (r"\\server\share\llama.gguf", "llama.gguf"),
        ("./llama.gguf", "llama.gguf"),
        ("~/models/llama-3/", "llama-3"),
        ("maker/llama.gguf", "llama.gguf"),
        ("models/gemini-2.5-pro", "gemini-2.5-pro"),
        ("hf.co/maker/Llama-3.2-3B-GGUF:Q4_K_M", "Llama-3.2-3B-GGUF:Q4_K_M"),
        ("accounts/fireworks/models/llama-v3p1", "llama-v3p1"),
        ("/root/.cache/huggingface/hub/models--BAAI--bge-m3/snapshots/5617a9f61b028005", "bge-m3"),
    ],
)
def test_of_a_path_people_see_the_name_of_the_file(model_id: str, name: str) -> None:
    assert shown_names([model_id]) == {model_id: name}
    assert file_name(model_id) == name


@pytest.mark.parametrize(
    "model_id", ["gpt-4o", "llama3.1:8b-instruct", "meta-llama/Llama-3.3-70B", "/", "//", "maker/"]
)
def test_a_name_with_or_without_its_maker_is_shown_whole(model_id: str) -> None:
    assert shown_names([model_id]) == {model_id: model_id}
    assert file_name(model_id)


def test_two_files_of_one_name_stay_different() -> None:
    ids = ["/a/llama.gguf", "/b/llama.gguf", "llama.gguf", "/b/other.gguf"]
    assert shown_names(ids) == {one: one for one in ids[:3]} | {"/b/other.gguf": "other.gguf"}
