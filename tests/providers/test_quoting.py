"""What a server says is shown without keys, however it repeats them, and without addresses and invisible signs."""

import random
import string
import time

import pytest

from chatapp.providers.quoting import Quoting

RANDOM = random.Random(1)
ALPHABET = string.ascii_letters + string.digits


def signs(count: int, alphabet: str = ALPHABET) -> str:
    return "".join(RANDOM.choices(alphabet, k=count))


KEYS = [
    f"sk-{signs(48)}",
    f"sk-proj-{signs(20)}_{signs(20)}-{signs(8)}",
    f"sk-ant-api03-{signs(40)}",
    f"sk-or-v1-{signs(64, '0123456789abcdef')}",
    f"gsk_{signs(52)}",
    f"xai-{signs(80)}",
    f"hf_{signs(34)}",
    f"AIza{signs(35)}",
    f"pplx-{signs(48)}",
    f"nvapi-{signs(64)}",
    f"csk-{signs(48)}",
    f"r8_{signs(37)}",
    f"tgp_v1_{signs(40)}1",
    f"ghp_{signs(36)}",
    f"github_pat_{signs(22)}_{signs(59)}",
    f"AKIA{signs(16, string.ascii_uppercase)}",
    f"eyJ{signs(20)}.{signs(40)}.{signs(40)}",
    f"{signs(31)}7",
    f"{signs(32, '0123456789abcdef')}a1",
    f"{signs(83)}4",
]
SENTENCES = (
    "Incorrect API key provided: {}. You can find your API key at the console.",
    "invalid key '{}'",
    '{{"Authorization": "Bearer {}"}}',
    "api_key={}&model=m",
    "Received key ({}), which is not known",
    "token {} expired",
)


def starred(key: str) -> list[str]:
    """The key as servers hide its middle."""
    return [f"{key[:first]}{stars}{key[-4:]}" for first in (3, 8) for stars in ("***", "*" * 20, "...", "…", "••••")]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_key_of_any_usual_shape_is_taken_out(key: str, sentence: str) -> None:
    shown = Quoting([]).quote(sentence.format(key), 300)
    assert "[key]" in shown
    assert not any(key[at : at + 6] in shown for at in range(4, len(key) - 6))


@pytest.mark.parametrize("key", [*KEYS, "correct-horse-battery", f"{signs(4)}:{signs(12)}", signs(9)])
@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_endpoints_own_key_is_taken_out_also_where_its_middle_is_starred(key: str, sentence: str) -> None:
    quoting = Quoting([key])
    for said in (key, *starred(key), key[:12], key[3:]):
        shown = quoting.quote(sentence.format(said), 300)
        assert said not in shown
        assert key[:6] not in shown
        assert key[-4:] not in shown


@pytest.mark.parametrize(
    "sentence",
    [
        "model 'ollama/qwen3:8b' not found, try pulling it first",
        "The model `mistral-small-3.2-24b-instruct-2506` does not exist",
        "meta-llama/Llama-3.3-70B-Instruct-Turbo-Free is not available",
        "maximum context length is 131072 tokens. However, you requested 200000 tokens",
        "Rate limit on tokens per min (TPM): Limit 30000, Used 29,000. Please try again in 7.66s.",
        "Use the **streaming** API... or wait; your Basic plan has max_tokens=4096",
        "request (19185 tokens) exceeds the available context size (16384 tokens)",
    ],
)
def test_words_and_names_of_models_stay(sentence: str) -> None:
    assert Quoting(["x", "ollama2"]).quote(sentence, 300) == sentence


def test_a_short_key_is_taken_out_where_it_stands_alone() -> None:
    assert Quoting(["none"]).quote("none is refused, nonetheless", 300) == "[key] is refused, nonetheless"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("dial tcp 10.0.0.3:11434: connection refused", "dial tcp [address]: connection refused"),
        ("see https://u:p@internal/x?y", "see [address]"),
        ("upstream localhost:8080 is down", "upstream [address] is down"),
        ("a\0b\u202ec\ud800d\u200be\r\n f\x1b[31m", "abcde f[31m"),
        ("", ""),
    ],
)
def test_addresses_and_what_cannot_be_seen_are_taken_out(said: str, shown: str) -> None:
    assert Quoting([]).quote(said, 300) == shown


def test_a_cut_is_shown_and_does_not_give_half_a_key_away() -> None:
    shown = Quoting([]).quote("no " * 20 + KEYS[0], 70)
    assert shown.endswith("…") or "[key]" in shown
    assert len(shown) <= 70
    assert "sk-" not in shown


@pytest.mark.parametrize("sign", ["*", "a1", "sk-", "1.", "x", "token=", "[:", "Bearer ", "eyJ", "…", "error", "401"])
def test_hostile_repetitions_take_no_time(sign: str) -> None:
    started = time.process_time()
    assert len(Quoting([KEYS[1]]).quote(sign * (4_000 // len(sign)), 300)) <= 300
    assert time.process_time() - started < 0.25
