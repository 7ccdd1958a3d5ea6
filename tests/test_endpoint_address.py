"""Addresses of model servers as people write them: what is meant is asked, what could be anything is refused."""

import itertools
import random

import httpx2
import pytest

from chatapp.endpoint_address import parse_address

OLLAMA = "http://localhost:11434/v1"


@pytest.mark.parametrize(
    ("written", "base_url"),
    [
        ("http://localhost:11434/v1", OLLAMA),
        ("localhost:11434", OLLAMA),
        ("//localhost:11434/v1", OLLAMA),
        ("http:/localhost:11434", OLLAMA),
        ("http//localhost:11434", OLLAMA),
        ("HTTP://LocalHost:11434/v1", OLLAMA),
        ("localhost:11434/api", OLLAMA),
        ("http://localhost:11434/v1#models", OLLAMA),
        ("http://gpu-box:8000", "http://gpu-box:8000/v1"),
        ("host.docker.internal:1234", "http://host.docker.internal:1234/v1"),
        ("192.168.1.20:8080", "http://192.168.1.20:8080/v1"),
        ("[::1]:8080", "http://[::1]:8080/v1"),
        ("gpu-box:443", "https://gpu-box:443/v1"),
        ("llm.example.org", "https://llm.example.org/v1"),
        ("https://u:p@llm.example.org/v1", "https://u:p@llm.example.org/v1"),
        ("https://bücher.example/v1", "https://xn--bcher-kva.example/v1"),
        ("https://llm.example.org/team/api", "https://llm.example.org/team/api"),
        ("https://api.openai.com/", "https://api.openai.com/v1"),
        ("https://openrouter.ai/api", "https://openrouter.ai/api/v1"),
        ("https://api.groq.com/openai/", "https://api.groq.com/openai/v1"),
        ("https://api.perplexity.ai", "https://api.perplexity.ai"),
        ("https://generativelanguage.googleapis.com", "https://generativelanguage.googleapis.com/v1beta/openai"),
    ],
)
def test_an_address_is_completed_where_it_can_mean_only_one(written: str, base_url: str) -> None:
    assert parse_address(written).base_url == base_url


def test_every_mixture_of_what_is_copied_along_means_the_same() -> None:
    schemes, ends = ("", "http://", "HTTP://", "http:/"), ("", "/", "/v1", "/v1/", "//v1//", "/v1/v1")
    methods = ("", "/chat/completions", "/chat/completions/", "/models")
    for scheme, end, method, around in itertools.product(
        schemes, ends, methods, ("{}", " {} ", '"{}"', "'{}'", "<{}>")
    ):
        if method and "v1" not in end:
            continue  # a method's path without /v1 says that there is none
        written = around.format(f"{scheme}localhost:11434{end}{method}")
        assert parse_address(written).base_url == OLLAMA, written


def test_a_server_without_v1_is_named_by_its_whole_path() -> None:
    assert parse_address("http://gpu-box:8000/chat/completions").base_url == "http://gpu-box:8000"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("", "must look like"),
        ("http://", "must look like"),
        ("ftp://localhost", "must look like"),
        ("http://http://localhost", "must look like"),
        ("http://local host/v1", "must look like"),
        ("http://localhost:99999", "must look like"),
        ("http://localhost:port/v1", "must look like"),
        ("http://[::1/v1", "must look like"),
        ("http://a..b/v1", "must look like"),
        ("http://<your-server>/v1", "must look like"),
        ("::1", "brackets"),
        ("8.8.8.8:8000/v1", "http:// or https://"),
        ("llm.example.org:8000", "http:// or https://"),
        ("https://team.openai.azure.com/openai/deployments/gpt", "api-version"),
    ],
)
def test_what_is_no_address_or_could_be_two_is_refused_in_words(written: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_address(written)


def test_whatever_is_taken_for_an_address_is_one_that_can_be_asked() -> None:
    dice = random.Random(1)
    signs = "abAB01-_.:/@[]%?#&=~ ü中ß\u0301*!$'(),;+|^`{}\\\"<>\u200d\u202e\t\0"
    taken = 0
    for _ in range(20_000):
        start = dice.choice(["http://", "https://", ""])
        try:
            address = parse_address(start + "".join(dice.choices(signs, k=dice.randint(1, 12))))
        except ValueError:
            continue
        assert httpx2.URL(address.base_url).host
        taken += 1
    assert taken > 500


def test_what_is_shown_of_an_address_has_neither_password_nor_query() -> None:
    assert parse_address("https://u:secret@h:8443/v1?key=secret").shown == "https://h:8443/v1"


AZURE = "https://team.openai.azure.com"
VERSION = "?api-version=2024-10-21"


@pytest.mark.parametrize(
    ("written", "base_url", "deployment", "path"),
    [
        (AZURE, f"{AZURE}/openai/v1", "", "/chat/completions"),
        (f"{AZURE}/openai/v1/", f"{AZURE}/openai/v1", "", "/chat/completions"),
        (f"{AZURE}/{VERSION}", f"{AZURE}/openai", "", "/deployments/my%20gpt/chat/completions"),
        (
            f"{AZURE}/openai/deployments/d/chat/completions{VERSION}",
            f"{AZURE}/openai/deployments/d",
            "d",
            "/chat/completions",
        ),
    ],
)
def test_each_form_of_azures_addresses_leads_to_its_deployment(
    written: str, base_url: str, deployment: str, path: str
) -> None:
    address = parse_address(written)
    assert address.is_azure
    assert (address.base_url, address.deployment, address.chat_path("my gpt")) == (base_url, deployment, path)


@pytest.mark.parametrize(
    ("written", "is_azure", "is_anthropic"),
    [
        ("https://api.anthropic.com", False, True),
        ("https://anthropic.com.example.org/v1", False, False),
        ("https://gateway.example.org/v1?api-version=1", True, False),
        ("https://notazure.com/v1", False, False),
    ],
)
def test_a_service_is_known_by_its_host_or_by_its_version(written: str, is_azure: bool, is_anthropic: bool) -> None:
    address = parse_address(written)
    assert (address.is_azure, address.is_anthropic) == (is_azure, is_anthropic)
