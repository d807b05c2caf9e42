"""A process that holds one GGUF model in llama.cpp and writes what a line of JSON asks for, piece by piece.

    PYTHON llama_runner.py MODEL.gguf NUM_CTX NUM_THREAD

It stands to tests/live/llama_ollama.py as `ollama runner` stands to `ollama serve`, in an environment of its own that
has llama-cpp-python. In: {"messages", "options", "frees"}, and {"cancel": true} meanwhile. Out: {"ready"} once,
{"piece"} …, then one of {"done"}, {"error"}, {"looped"} or {"cancelled"}. What both prompts begin with is read once.
"""

from __future__ import annotations

import codecs
import json
import queue
import sys
import threading
import time
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

_BATCH = 512  # tokens of a prompt between two looks at whether anybody still waits, as Ollama's num_batch
_SAME_TOKENS = 30  # in a row, and Ollama ends the stream without its last frame
_NS = 1_000_000_000


class Listener:
    """What stands on the standard input: requests in order, and whether the one in hand was given up."""

    def __init__(self) -> None:
        self.requests: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.cancelled = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in sys.stdin:
            said = json.loads(line)
            if said.get("cancel"):
                self.cancelled.set()
            else:
                self.requests.put(said)
        self.requests.put(None)


class Looping(Exception):
    """One token over and over."""


class Stopping:
    """Passes pieces on as soon as none of the stop sequences can begin in them.

    >>> stopping = Stopping(["\\nQuestion:"])
    >>> [stopping.fed(piece) for piece in ("It is 940.\\n", "Quest", "ion: and")], stopping.met
    (['It is 940.', '', ''], True)
    """

    def __init__(self, stops: list[str]) -> None:
        self._stops = stops
        self._held = ""
        self.met = False

    def fed(self, piece: str) -> str:
        self._held += piece
        found = [place for stop in self._stops if (place := self._held.find(stop)) >= 0]
        if found:
            self.met = True
            passed, self._held = self._held[: min(found)], ""
            return passed
        keep = max((n for stop in self._stops for n in range(1, len(stop)) if self._held.endswith(stop[:n])), default=0)
        cut = len(self._held) - keep
        passed, self._held = self._held[:cut], self._held[cut:]
        return passed

    def rest(self) -> str:
        passed, self._held = self._held, ""
        return passed


def say(**words: object) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def main() -> None:
    import llama_cpp
    from llama_cpp.llama_chat_format import Jinja2ChatFormatter

    path, num_ctx, num_thread = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    llm = llama_cpp.Llama(
        path, n_ctx=num_ctx, n_threads=num_thread, n_threads_batch=num_thread, n_batch=_BATCH, verbose=False
    )
    template = llm.metadata.get("tokenizer.chat_template", "")
    bos, eos = (llm.detokenize([token], special=True).decode() for token in (llm.token_bos(), llm.token_eos()))
    form = Jinja2ChatFormatter(template=template, eos_token=eos, bos_token=bos)
    listener = Listener()
    say(ready=True)
    while (request := listener.requests.get()) is not None:
        prompt = form(messages=request["messages"]).prompt
        tokens = llm.tokenize(prompt.encode(), add_bos=not prompt.startswith(bos), special=True)
        if len(tokens) >= num_ctx:
            say(error="the input length exceeds the context length")
            continue
        _answer(llm, tokens, request, listener)
        listener.cancelled.clear()


def _answer(llm: Any, tokens: list[int], request: dict[str, Any], listener: Listener) -> None:
    began = time.monotonic_ns()
    cached = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(llm.eval_tokens, tokens, strict=False)))
    cached = min(cached, len(tokens) - 1)  # the last one is read anew: it gives the first word
    llm.n_tokens = cached  # eval forgets what stood behind
    for start in range(cached, len(tokens), _BATCH):
        llm.eval(tokens[start : start + _BATCH])
        if request["frees"] and listener.cancelled.is_set():
            say(cancelled=True)
            return
    read_at, options = time.monotonic_ns(), request["options"]
    stopping, written, reason = Stopping(options.get("stop") or []), 0, "stop"
    most = min(options.get("num_predict") or 128, llm.n_ctx() - len(tokens))
    try:
        for piece in _pieces(llm, tokens, options):
            if listener.cancelled.is_set():
                say(cancelled=True)
                return
            if shown := stopping.fed(piece):
                say(piece=shown)
            written += 1
            if stopping.met or written >= most:
                reason = "stop" if stopping.met else "length"
                break
    except Looping:
        say(looped=True)
        return
    if left := stopping.rest():
        say(piece=left)
    say(
        done=reason,
        prompt_tokens=len(tokens),
        cached_tokens=cached,
        prompt_ns=read_at - began,
        written_tokens=written,
        written_ns=time.monotonic_ns() - read_at,
    )


def _pieces(llm: Any, tokens: list[int], options: dict[str, Any]) -> Iterator[str]:
    """Each token in letters until the model ends; "" for one that is a part of a letter."""
    import llama_cpp

    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    last, times = -1, 0
    for token in llm.generate(tokens, temp=float(options.get("temperature") or 0.0), repeat_penalty=1.1):
        if llama_cpp.llama_vocab_is_eog(llm._model.vocab, token):
            return
        times = times + 1 if token == last else 1
        last = token
        if times > _SAME_TOKENS:
            raise Looping
        yield decoder.decode(llm.detokenize([token], prev_tokens=tokens))


if __name__ == "__main__":
    main()
