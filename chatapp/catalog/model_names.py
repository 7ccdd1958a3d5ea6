"""The name of a model within its id: local servers name models by the paths of their files, some by the repository."""

import re
from collections import Counter
from collections.abc import Iterable

CACHED = re.compile(r"(?:^|[\\/])models--(?:[^\\/]+--)?([^\\/]+)[\\/]snapshots[\\/][^\\/]+[\\/]*$")
"""A folder of Hugging Face's cache, whose last part is a revision."""

PATH = re.compile(
    r"[\\/~.]|[a-z]:[\\/]"  # from the root, the home, here, a drive or another machine
    r"|.*\\|models/|[^/]*/[^/]*/|.*\.(?:gguf|ggml|bin|safetensors|onnx)$",
    re.IGNORECASE,
)
"""What is more than a name, or than that of its maker and a name behind it."""


def file_name(model_id: str) -> str:
    """The last part of an id: "llama.gguf" of "/home/ada/llama.gguf", "bge-m3" of "BAAI/bge-m3"."""
    if cached := CACHED.search(model_id):
        return cached[1]
    return re.split(r"[\\/]", model_id.rstrip("\\/"))[-1] or model_id


def shown_names(model_ids: Iterable[str]) -> dict[str, str]:
    """Id -> what people see of it: of a path the name of the file alone, unless another model has the same."""
    shorter = {one: file_name(one) if PATH.match(one) else one for one in model_ids}
    uses = Counter(shorter.values())
    return {one: name if uses[name] == 1 else one for one, name in shorter.items()}
