"""Talks to one OpenAI-compatible endpoint: the SDK makes the requests, and we read the streamed response ourselves.

The SDK builds a validated model of every part, which costs more than everything else (314 us per part against 125 us),
has no limit on the size of an event, and lets decoding errors escape. Only this module and `http_client` know the SDK.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from typing import Any, TypeVar

import httpx2
import openai
from openai import AsyncOpenAI

from chatapp.endpoint_address import parse_address
from chatapp.errors import ProviderError
from chatapp.providers.answer_reader import AnswerReader
from chatapp.providers.asides import Asides
from chatapp.providers.base import NO_PARAMETERS, ChatMessage, LeftOutPart, ModelInfo, Parameters, Part
from chatapp.providers.brevity import Brevity
from chatapp.providers.chosen import Chosen
from chatapp.providers.deadlines import Deadlines
from chatapp.providers.explain import ErrorTranslator
from chatapp.providers.http_client import http_client
from chatapp.providers.listed_window import is_of_litellm, read_model_info
from chatapp.providers.model_list import read_model_list
from chatapp.providers.paced_reading import PacedReading
from chatapp.providers.reachability import has_no_listener
from chatapp.providers.refusal import RETRY_SECONDS, Refusal
from chatapp.providers.sse import Event, EventParser, EventTooLarge
from chatapp.providers.system_role import is_refused
from chatapp.providers.text_repair import mend
from chatapp.settings import Endpoint, Settings

LIST_TIMEOUT_SECONDS = 8.0
"""How long a model list may take: longer than connecting (5 s), short enough for a page to wait for."""

COMPLETE_SECONDS = 60.0
"""How long an answer in one piece may take: it is short, and a server that is so slow has better things to do."""

BODY_MAX_BYTES = 16_000_000
"""The largest response that is read in one piece; the longest known model list has about 1 MB."""

ANTHROPIC_VERSION = "2023-06-01"

WITH_USAGE = {"stream_options": {"include_usage": True}}
ANY_MODEL = ""

NO_KEY = "no-key"
"""Sent when no key is set. Without one the SDK would take OPENAI_API_KEY and send it to any endpoint."""

KeyHeaders = Mapping[str, str | openai.Omit]
Result = TypeVar("Result")


class OpenAIProvider:
    """One endpoint. Belongs to the event loop that uses it first."""

    def __init__(self, endpoint: Endpoint, settings: Settings) -> None:
        self._settings = settings
        self._address = parse_address(endpoint.base_url)
        self._api_key = endpoint.api_key.get_secret_value()
        self._explain = ErrorTranslator(endpoint.name, self._api_key, self._address)
        self._chosen = Chosen()
        self._asides = Asides()
        self._brevity = Brevity()
        self._key_headers = _key_in("api-key", self._api_key) if self._address.is_azure else {}
        self._client = AsyncOpenAI(
            base_url=self._address.base_url,
            api_key=self._api_key or NO_KEY,
            max_retries=0,  # the SDK would honour a Retry-After of two minutes in silence, see `_send`
            default_query=dict(self._address.query),
            http_client=http_client(self._address.base_url, settings),
        )

    @property
    def shown_address(self) -> str:
        """Where it is, without user, password and query."""
        return self._explain.address

    async def stream(
        self, model: str, messages: Sequence[ChatMessage], parameters: Parameters = NO_PARAMETERS
    ) -> AsyncGenerator[Part, None]:
        """Answer part by part, as `Provider.stream` promises."""
        self._asides.end()
        deadlines = Deadlines(self._settings, self._explain)
        answer = AnswerReader(self._explain, model, self._settings.answer_max_characters)
        async with AsyncExitStack() as stack:
            asking = self._ask(stack, {**_request(model, messages), "stream": True}, parameters)
            response, left_out = await self._in_time(asking, deadlines, model)
            if left_out:
                yield LeftOutPart(left_out)
            reading = await stack.enter_async_context(aclosing(self._read_events(response, answer, deadlines)))
            async for events in reading:
                has_parts = False
                for event in events:
                    for part in answer.read(event):
                        has_parts = True
                        yield part
                if answer.has_failed:
                    break
                if events:
                    deadlines.progress(has_parts=has_parts, is_ending=answer.expects_no_text, is_done=answer.is_done)
        for part in answer.end():
            yield part

    async def complete(self, model: str, messages: Sequence[ChatMessage], *, max_tokens: int) -> str:
        """Answer in one piece, as `Provider.complete` promises."""
        first_seconds = min(COMPLETE_SECONDS, self._settings.first_part_timeout_seconds)
        deadlines = Deadlines(self._settings, self._explain, first_seconds=first_seconds)
        asking = self._ask_for_body(_request(model, messages), max_tokens)
        async with self._asides.giving_way():
            body = await self._in_time(asking, deadlines, model)
        answer = AnswerReader(self._explain, model, self._settings.answer_max_characters)
        return answer.read_whole(body)

    async def list_models(self) -> list[ModelInfo]:
        """The models that this endpoint lists, as `Provider.list_models` promises; a deployment is the only one."""
        if self._address.deployment:
            return [ModelInfo(self._address.deployment)]
        deadlines = Deadlines(self._settings, self._explain, first_seconds=LIST_TIMEOUT_SECONDS)
        body = await self._in_time(self._get_model_list(), deadlines, "")
        try:
            models = read_model_list(body)
        except ValueError as error:
            raise self._why_unreadable(body, "") from error
        return await self._with_windows(models, deadlines) if is_of_litellm(body) else models

    async def _with_windows(self, models: list[ModelInfo], deadlines: Deadlines) -> list[ModelInfo]:
        """The models of a LiteLLM with the windows that it tells elsewhere; as they are when it does not."""
        if all(model.context_tokens for model in models):
            return models
        try:
            windows = read_model_info(await self._in_time(self._get("/model/info", self._key_headers), deadlines, ""))
        except ProviderError:
            return models
        return [replace(model, context_tokens=model.context_tokens or windows.get(model.id)) for model in models]

    async def reach(self) -> None:
        """Look whether anybody listens there, as `Provider.reach` promises."""
        if await has_no_listener(self._address.base_url):
            raise self._explain.unreachable()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _ask(
        self, stack: AsyncExitStack, request: dict[str, Any], parameters: Parameters
    ) -> tuple[httpx2.Response, tuple[str, ...]]:
        """The response to a request for a stream, and which of `parameters` this model has now refused for good."""
        model = request["model"]
        known = self._chosen.left_out(model, parameters)
        while True:
            sent, extras = self._chosen.taken(model, parameters), self._chosen.taken(ANY_MODEL, WITH_USAGE)
            try:
                response = await self._send(stack, {**request, **sent, **extras})
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                refusal = f"{error.message} {error.body}"
                if _refusal_of(error).reason != "rejected":  # its words may name a parameter all the same
                    raise
                if not self._chosen.learn(model, sent, refusal) | self._chosen.learn(ANY_MODEL, extras, refusal):
                    raise
            else:
                return response, tuple(sorted(self._chosen.left_out(model, parameters) - known))

    async def _send(self, stack: AsyncExitStack, request: dict[str, Any]) -> httpx2.Response:
        """The head of the response. The request is sent a second time where that may help; nothing is shown yet."""
        try:
            return await self._post(stack, request)
        except openai.APIError as error:
            pause_seconds = _seconds_until_retry(error)
            if pause_seconds is None:
                raise
        await asyncio.sleep(pause_seconds)
        return await self._post(stack, request)

    async def _post(self, stack: AsyncExitStack, request: dict[str, Any]) -> httpx2.Response:
        """The same once, without the SDK's method for chats: it would search each message for files."""
        path, options = self._address.chat_path(request["model"]), _with_headers(self._key_headers)
        response = await self._client.post(path, body=request, options=options, cast_to=httpx2.Response, stream=True)
        stack.push_async_callback(response.aclose)
        return response

    async def _ask_for_body(self, request: dict[str, Any], max_tokens: int) -> bytes:
        async with AsyncExitStack() as stack:
            return await self._read_body(await self._ask_briefly(stack, request, max_tokens))

    async def _ask_briefly(self, stack: AsyncExitStack, request: dict[str, Any], max_tokens: int) -> httpx2.Response:
        """The response to a request for a short answer, made as short as this model lets it be made."""
        model = request["model"]
        while True:
            try:
                return await self._send(stack, {**request, **self._brevity.parameters(model, max_tokens)})
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if is_refused(error.body) or not self._brevity.has_learnt(model, f"{error.message} {error.body}"):
                    raise

    async def _get_model_list(self) -> bytes:
        """The list as it came. Anthropic, and what stands for it, has it under the key of its own API only."""
        own = {**_key_in("x-api-key", self._api_key), "anthropic-version": ANTHROPIC_VERSION}
        try:
            return await self._get("/models", own if self._address.is_anthropic else self._key_headers)
        except openai.AuthenticationError as error:
            if not self._api_key or "x-api-key" not in error.response.text.lower():
                raise
        return await self._get("/models", own)

    async def _get(self, path: str, headers: KeyHeaders) -> bytes:
        options = _with_headers(headers)
        response = await self._client.get(path, options=options, cast_to=httpx2.Response, stream=True)
        async with aclosing(response):
            return await self._read_body(response)

    async def _read_body(self, response: httpx2.Response) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > BODY_MAX_BYTES:
                raise self._explain.malformed()
        return bytes(body)

    async def _in_time(self, work: Awaitable[Result], deadlines: Deadlines, model: str) -> Result:
        """What `work` returns before the deadline. Raises ProviderError for everything that can go wrong."""
        try:
            async with asyncio.timeout_at(deadlines.at()):
                return await work
        except TimeoutError as error:
            raise deadlines.missed() from error
        except openai.APITimeoutError as error:
            raise self._explain.cannot_connect(self._settings.connect_timeout_seconds) from error
        except openai.APIStatusError as error:
            raise self._explain.refusal(_refusal_of(error), model) from error
        except httpx2.DecodingError as error:
            raise self._explain.malformed() from error
        except (openai.APIError, httpx2.HTTPError) as error:
            raise self._explain.unreachable() from error

    async def _read_events(
        self, response: httpx2.Response, answer: AnswerReader, deadlines: Deadlines
    ) -> AsyncGenerator[list[Event], None]:
        """The events that each read of the stream completes. What fails before the answer has finished fails it."""
        events, chunks = EventParser(self._settings.event_max_bytes), response.aiter_bytes()
        try:
            with PacedReading(response) as reading:
                while chunk := await _next(chunks, deadlines):
                    reading.has_read()
                    yield events.feed(chunk)
            yield events.end()
        except EventTooLarge:
            answer.fail(self._explain.event_too_large())
        except (TimeoutError, httpx2.HTTPError) as error:
            if not answer.has_finished:
                answer.fail(self._why_silent(error, deadlines))

    def _why_silent(self, error: Exception, deadlines: Deadlines) -> ProviderError:
        if isinstance(error, TimeoutError):
            return deadlines.missed()
        return self._explain.malformed() if isinstance(error, httpx2.DecodingError) else self._explain.broken_off()

    def _why_unreadable(self, body: bytes, model: str) -> ProviderError:
        """What a response says whose status promised something else."""
        refusal = Refusal.read(0, body.decode(errors="replace"))
        return self._explain.refusal(refusal, model) if refusal.says_something else self._explain.malformed()


async def _next(chunks: AsyncGenerator[bytes, None], deadlines: Deadlines) -> bytes:
    """The next bytes, b"" at the end. Raises TimeoutError when the deadline passes first."""
    async with asyncio.timeout_at(deadlines.at()):
        return await anext(chunks, b"")


def _request(model: str, messages: Sequence[ChatMessage]) -> dict[str, Any]:
    turns = [{"role": message.role, "content": mend(message.content)} for message in messages]
    return {"model": model, "messages": turns}


def _key_in(header: str, api_key: str) -> KeyHeaders:
    """Headers that carry the key under another name than OpenAI's, and not under that one as well."""
    return {"Authorization": openai.Omit(), header: api_key or NO_KEY}


def _with_headers(headers: KeyHeaders) -> Any:
    """Options of one request; the SDK omits its own header for the key only when each request says so."""
    return {"headers": headers}


def _refusal_of(error: openai.APIStatusError) -> Refusal:
    response = error.response
    return Refusal.read(response.status_code, response.text, response.headers, str(response.url))


def _seconds_until_retry(error: openai.APIError) -> float | None:
    """When to repeat the request; None when it would fail again, or keep people waiting."""
    if isinstance(error, openai.APIStatusError):
        return _refusal_of(error).seconds_until_retry
    is_cut = isinstance(error, openai.APIConnectionError) and not isinstance(error, openai.APITimeoutError)
    return RETRY_SECONDS if is_cut else None
