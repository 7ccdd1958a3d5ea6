"""How servers and services refuse a prompt that is too long, and a system prompt: their own bodies, any numbers."""

import json
from collections.abc import Callable

Body = Callable[[int, int], object]
BodyWithAnswer = Callable[[int, int, int], object]


def of_openai(words: str) -> dict[str, object]:
    return {"error": {"message": words, "type": "invalid_request_error", "param": "messages", "code": None}}


def of_llama_cpp(window: int, prompt: int) -> dict[str, object]:
    words = f"request ({prompt} tokens) exceeds the available context size ({window} tokens), try increasing it"
    counted = {"n_prompt_tokens": prompt, "n_ctx": window}
    return {"error": {"code": 400, "message": words, "type": "exceed_context_size_error", **counted}}


def of_older_llama_cpp(window: int, prompt: int) -> dict[str, object]:
    words = "the request exceeds the available context size. try increasing the context size or enable context shift"
    counted = {"n_prompt_tokens": prompt, "n_ctx": window}
    return {"error": {"code": 400, "message": words, "type": "exceed_context_size_error", **counted}}


def of_litellm(window: int, prompt: int) -> dict[str, object]:
    """Quotes the server behind it, its JSON in a string."""
    words = (
        "litellm.ContextWindowExceededError: litellm.BadRequestError: ContextWindowExceededError: OpenAIException - "
        f"Error code: 400 - {json.dumps(of_llama_cpp(window, prompt))}. Received Model Group=qwen-3-32b-0613"
    )
    return {"error": {"message": words, "type": None, "param": None, "code": "400"}}


NAMES_BOTH: dict[str, Body] = {
    "llama.cpp": of_llama_cpp,
    "older llama.cpp": of_older_llama_cpp,
    "LiteLLM": of_litellm,
    "OpenAI": lambda window, prompt: of_openai(
        f"This model's maximum context length is {window} tokens. However, your messages resulted in {prompt} tokens."
        " Please reduce the length of the messages."
    ),
    "OpenAI with commas": lambda window, prompt: of_openai(
        f"This model's maximum context length is {window:,} tokens. However, your messages resulted in {prompt:,}"
        " tokens."
    ),
    "GPT-5": lambda window, prompt: of_openai(
        f"Input tokens exceed the configured limit of {window} tokens. Your messages resulted in {prompt} tokens."
    ),
    "vLLM": lambda window, prompt: {
        "object": "error",
        "message": f"This model's maximum context length is {window} tokens and your request has {prompt} input tokens",
        "type": "BadRequestError",
        "code": 400,
    },
    "Anthropic": lambda window, prompt: {
        "type": "error",
        "error": {
            "type": "invalid_request_error",
            "message": f"prompt is too long: {prompt} tokens > {window} maximum",
        },
    },
    "Gemini": lambda window, prompt: [
        {
            "error": {
                "code": 400,
                "message": f"The input token count ({prompt}) exceeds the maximum number of tokens allowed ({window}).",
                "status": "INVALID_ARGUMENT",
            }
        }
    ],
    "LM Studio": lambda window, prompt: {
        "error": f"Trying to keep the first {prompt} tokens when context the overflows. However, the model is loaded"
        f" with context length of only {window} tokens, which is not enough. Try to load it with more"
    },
    "newer LM Studio": lambda window, prompt: {
        "error": "The number of tokens to keep from the initial prompt is greater than the context length"
        f" (n_keep: {prompt}>= n_ctx: {window}). Try to load the model with a larger context length"
    },
    "llama-cpp-python": lambda window, prompt: of_openai(
        f"Requested tokens ({prompt}) exceed context window of {window}"
    ),
    "SGLang": lambda window, prompt: of_openai(
        f"The input ({prompt} tokens) is longer than the model's context length ({window} tokens)."
    ),
    "Mistral": lambda window, prompt: {
        "object": "error",
        "message": f"Prompt contains {prompt} tokens and 0 draft tokens, too large for model with {window} maximum"
        " context length",
        "code": "3051",
    },
    "xAI": lambda window, prompt: {
        "code": "Client specified an invalid argument",
        "error": f"This model's maximum prompt length is {window} but the request contains {prompt} tokens.",
    },
    "Cohere": lambda window, prompt: {
        "message": f"too many tokens: total number of tokens in the prompt cannot exceed {window} - received {prompt}."
    },
    "Cerebras": lambda window, prompt: {
        "message": "Please reduce the length of the messages or completion. "
        f"Current length is {prompt} while limit is {window}",
        "code": "context_length_exceeded",
    },
    "Moonshot": lambda window, prompt: of_openai(
        f"Invalid request: Your request exceeded model token limit: {window} (requested: {prompt})"
    ),
    "Copilot": lambda window, prompt: of_openai(f"prompt token count of {prompt} exceeds the limit of {window}"),
    "Fireworks": lambda window, prompt: of_openai(
        f"The prompt is too long: {prompt}, model maximum context length: {window}"
    ),
    "watsonx": lambda window, prompt: of_openai(
        f"the number of input tokens {prompt} cannot exceed the total tokens limit {window} for this model"
    ),
    "FastAPI": lambda window, prompt: {"detail": f"Input length {prompt} exceeds maximum length {window}"},
}
"""Bodies that name the window and the length of the prompt, each made of those two."""

KEEPS_FOR_ANSWER: dict[str, BodyWithAnswer] = {
    "older OpenAI": lambda window, prompt, answer: of_openai(
        f"This model's maximum context length is {window} tokens. However, you requested {prompt + answer} tokens"
        f" ({prompt} in the messages, {answer} in the completion). Please reduce the length of the messages."
    ),
    "OpenAI completions": lambda window, prompt, answer: of_openai(
        f"This model's maximum context length is {window} tokens, however you requested {prompt + answer} tokens"
        f" ({prompt} in your prompt; {answer} for the completion). Please reduce your prompt; or completion length."
    ),
    "newer vLLM": lambda window, prompt, answer: of_openai(
        f"This model's maximum context length is {window} tokens. However, you requested {answer} output tokens and"
        f" your prompt contains at least {prompt} input tokens, for a total of at least {prompt + answer} tokens."
        f" (parameter=input_tokens, value={prompt})"
    ),
    "Anthropic": lambda window, prompt, answer: of_openai(
        f"input length and `max_tokens` exceed context limit: {prompt} + {answer} > {window}, decrease input length"
    ),
    "SGLang": lambda window, prompt, answer: of_openai(
        f"Requested token count exceeds the model's maximum context length of {window} tokens. You requested a total of"
        f" {prompt + answer} tokens: {prompt} tokens from the input messages and {answer} tokens for the completion."
    ),
    "OpenRouter": lambda window, prompt, answer: of_openai(
        f"This endpoint's maximum context length is {window} tokens. However, you requested about {prompt + answer}"
        f" tokens ({prompt} of text input, {answer} in the output). Please reduce the length of either one."
    ),
    "TGI": lambda window, prompt, answer: {
        "error": f"Input validation error: `inputs` tokens + `max_new_tokens` must be <= {window}. Given: {prompt}"
        f" `inputs` tokens and {answer} `max_new_tokens`",
        "error_type": "validation",
    },
}
"""Bodies that also name what is kept free for the answer."""

NAMES_NEITHER = (
    "Input is too long for requested model.",
    "Your input exceeds the context window of this model. Please adjust your input and try again.",
    "Please reduce the length of the messages or completion.",
    "the input length exceeds the context length",
    "maximum context length of 128k tokens",
)

REFUSES_SYSTEM: dict[str, tuple[int, object]] = {
    "llama.cpp with Gemma": (
        500,
        {"error": {"code": 500, "message": "System role not supported at row 1, column 59:"}},
    ),
    "LM Studio with Gemma": (
        400,
        {"error": 'Error rendering prompt with jinja template: "System role not supported".'},
    ),
    "vLLM with Mistral": (
        400,
        {
            "object": "error",
            "message": "Conversation roles must alternate user/assistant/user/assistant/...",
            "code": 400,
        },
    ),
    "LM Studio with Mistral": (
        400,
        {"error": 'Error rendering prompt with jinja template: "Only user and assistant roles are supported!".'},
    ),
    "o1-mini": (
        400,
        {
            "error": {
                "message": "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
                "type": "invalid_request_error",
                "param": "messages[0].role",
                "code": "unsupported_value",
            }
        },
    ),
    "Gemini with Gemma": (
        400,
        [{"error": {"code": 400, "message": "Developer instruction is not enabled for models/gemma-3-27b-it"}}],
    ),
    "FastAPI": (
        422,
        {
            "detail": [
                {
                    "type": "literal_error",
                    "loc": ["body", "messages", 0, "role"],
                    "msg": "Input should be 'user' or 'assistant'",
                    "input": "system",
                }
            ]
        },
    ),
    "JSON schema": (400, of_openai("'system' is not one of ['user', 'assistant'] - 'messages.0.role'")),
    "Anthropic": (400, of_openai('messages: Unexpected role "system". The Messages API accepts a top-level parameter')),
    "fastmlx": (400, {"detail": "This model doesn't support system messages"}),
}
"""Status and body by which models and servers refuse a system prompt."""
