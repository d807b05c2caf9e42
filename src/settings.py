"""Every setting in one frozen object. The only reader of the environment.

`docs/configuration.md` lists the same variables; a test compares the two.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from shared_utils.errors import FootnoteError
from shared_utils.message import literal
from src.setting_values import as_bool, as_url, expected

if TYPE_CHECKING:
    from shared_utils.types import Where


class SettingsError(FootnoteError):
    """A variable holds something that cannot be meant. The message names the variable."""


def _setting(env: str, default: object, help_text: str) -> Any:  # Any, as dataclasses.field itself
    return field(default=default, metadata={"env": env, "help": help_text})


BY_WORKERS = "worker"  # of `Settings.reading`
MEGABYTE = 1_000_000  # bytes, in every limit that is told in megabytes
_SHORTEST_KEY = 24
_DATA_DIR = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True, slots=True)
class Settings:
    """Build with `Settings.from_env()`; in tests, `Settings(data_dir=tmp_path)` and `dataclasses.replace`."""

    # -- the page
    host: str = _setting("FOOTNOTE_HOST", "127.0.0.1", "address the page listens on; 0.0.0.0 inside a container")
    hosts: tuple[str, ...] = _setting(
        "FOOTNOTE_HOSTS",
        (),
        "public names under which the server is asked, separated by commas; `*.example.org`: all within it, `*`: any. "
        "Addresses, `localhost`, names without a dot and private ones (`.local`, `.lan`) always work; behind a proxy "
        "any name does until some are set",
    )
    own_names: tuple[str, ...] = field(default=())  # what the platform calls this server
    port: int = _setting("PORT", 8501, "port the page listens on; hosts such as Spaces and Render set it")
    data_dir: Path = _setting("FOOTNOTE_DATA_DIR", _DATA_DIR, "folder for files, text, vectors, status")  # noqa: RUF009
    store: str = _setting(
        "FOOTNOTE_STORE",
        "",
        "where everything is kept; empty: the data folder; `postgresql://user:password@host/name`: a database with "
        "pgvector that several machines share",
    )
    reading: str = _setting(
        "FOOTNOTE_READING", "web", "who reads files: `web`, or `worker`: `python -m src.worker` beside a database"
    )
    frame_ancestors: str = _setting(
        "FOOTNOTE_FRAME_ANCESTORS", "https://huggingface.co", "sites that may show the page in a frame"
    )
    keep_hours: float = _setting(
        "FOOTNOTE_KEEP_HOURS",
        0.0,
        "hours after a person's last visit until their files are wiped; 0 keeps them (24 on a Hugging Face Space)",
    )
    share: bool = _setting("FOOTNOTE_SHARE", False, "let people make links under which a conversation can be read")
    share_days: float = _setting("FOOTNOTE_SHARE_DAYS", 30.0, "days that such a link leads there; 0: until it is ended")
    web_addresses: bool = _setting(
        "FOOTNOTE_WEB_ADDRESSES", False, "let people add what lies at a public web address, which this server fetches"
    )

    # -- the API
    api_keys: tuple[str, ...] = _setting(
        "FOOTNOTE_API_KEYS",
        (),
        "keys that programs must show, separated by commas, each a person of its own; empty: a key of one's own choice",
    )
    allowed_origins: tuple[str, ...] = _setting(
        "ALLOWED_ORIGINS", (), "sites whose pages may call the API with a key, separated by commas; `*`: any"
    )
    api_per_minute: int = _setting("FOOTNOTE_API_PER_MINUTE", 240, "API requests one key may make in a minute")
    proxies: int = _setting(
        "FOOTNOTE_PROXIES",
        0,
        "proxies in front that add to X-Forwarded-For, for limits by address; only then is what they say of the "
        "visitor's address, host name and https believed (1 on a Hugging Face Space)",
    )

    # -- connections
    max_connections: int = _setting("FOOTNOTE_MAX_CONNECTIONS", 1000, "most connections open at once, for everybody")
    max_address_connections: int = _setting(
        "FOOTNOTE_MAX_ADDRESS_CONNECTIONS",
        200,
        "most of them from one address; for IPv6, from one /64. Nobody has more than are still free for others",
    )
    head_deadline_s: float = _setting(
        "FOOTNOTE_HEAD_DEADLINE_S", 15.0, "seconds for a client to say what it wants: the head of its request"
    )
    body_deadline_s: float = _setting(
        "FOOTNOTE_BODY_DEADLINE_S",
        30.0,
        "seconds that a client may send its file or question however slowly; beyond them it has a second more for "
        "every 8 kB that came",
    )

    # -- limits
    new_libraries_an_hour: int = _setting(
        "FOOTNOTE_NEW_LIBRARIES_AN_HOUR",
        60,
        "libraries that may be begun from one network (an address, a /64 of IPv6) within an hour; 0: any number",
    )
    max_file_mb: int = _setting("FOOTNOTE_MAX_FILE_MB", 100, "largest PDF taken, in megabytes")
    max_pages: int = _setting("FOOTNOTE_MAX_PAGES", 3000, "most pages read of one PDF")
    max_chars: int = _setting(
        "FOOTNOTE_MAX_CHARS", 12_000_000, "most characters read of one PDF; its further pages are left out, and told"
    )
    max_passages: int = _setting(
        "FOOTNOTE_MAX_PASSAGES", 40_000, "most passages searched of one PDF; its further pages are left out, and told"
    )
    max_files: int = _setting("FOOTNOTE_MAX_FILES", 100, "most files one person may keep")
    max_person_mb: int = _setting("FOOTNOTE_MAX_PERSON_MB", 500, "most megabytes one person may keep")
    max_person_pages: int = _setting("FOOTNOTE_MAX_PERSON_PAGES", 20_000, "most pages one person may keep")
    max_total_pages: int = _setting("FOOTNOTE_MAX_TOTAL_PAGES", 500_000, "most pages kept for everybody together")
    max_total_mb: int = _setting("FOOTNOTE_MAX_TOTAL_MB", 20_000, "most megabytes kept for everybody together")
    max_uploading_mb: int = _setting(
        "FOOTNOTE_MAX_UPLOADING_MB",
        800,
        "most megabytes of files in memory on their way into the page, for everybody; half of them for one address, "
        "a quarter for one page, but always one file",
    )
    max_question_chars: int = _setting("FOOTNOTE_MAX_QUESTION_CHARS", 2000, "longest question taken, in characters")
    max_list: int = _setting(
        "FOOTNOTE_MAX_LIST", 200, "most questions of one list (20 on a Hugging Face Space): they share the one model"
    )
    ocr_seconds: float = _setting(
        "FOOTNOTE_OCR_SECONDS",
        300.0,
        "seconds of computing that text recognition may take for one file, about 3 a page; 0 turns it off",
    )

    # -- retrieval
    embedder: str = _setting(
        "FOOTNOTE_EMBEDDER", "onnx", "`onnx` (fast, int8) or `sentence-transformers` (the reference; any model)"
    )
    embedding_model: str = _setting(
        "FOOTNOTE_EMBEDDING_MODEL", "", "another model's folder or name, for `sentence-transformers`; empty: MiniLM"
    )
    nli_model: str = _setting(
        "FOOTNOTE_NLI_MODEL",
        "",
        "folder of a natural language inference model that reads each sentence once more; empty: "
        "`nli` among the prepared models, where there is one",
    )
    models_dir: str = _setting(
        "FOOTNOTE_MODELS_DIR",
        "",
        "folder of prepared models (the embedding model in int8, the inference model); empty: `models` in the data "
        "folder. The image brings its own",
    )
    evidence_tokens: int = _setting("FOOTNOTE_EVIDENCE_TOKENS", 460, "most tokens of evidence put into a prompt")

    # -- the local model
    ollama_url: str = _setting(
        "OLLAMA_HOST",
        "http://127.0.0.1:11434",
        "where Ollama answers; several addresses, separated by commas, share the questions. One on another machine is "
        "sent passages, which every answer says; whoever keeps everything on this server is not answered by it",
    )
    more_ollama_urls: tuple[str, ...] = field(default=())  # what OLLAMA_HOST names after the first
    ollama_binary: str = _setting("FOOTNOTE_OLLAMA", "ollama", "the ollama command to start when none answers")
    get_ollama: str = _setting(
        "FOOTNOTE_GET_OLLAMA",
        "ask",
        "where there is no Ollama: `ask` offers to fetch it and the model, with their sizes, on a page that only this "
        "machine reaches; `yes` fetches them without asking; `no` does not offer it",
    )
    ollama_archives: str = _setting(
        "FOOTNOTE_OLLAMA_ARCHIVES", "", "a mirror's folder with Ollama's archives; empty: the official release"
    )
    ollama_models: Path = _setting(  # noqa: RUF009
        "OLLAMA_MODELS", Path.home() / ".ollama" / "models", "where Ollama keeps its models: whose disk is looked at"
    )
    start_ollama: bool = _setting("FOOTNOTE_START_OLLAMA", True, "start `ollama serve` when none answers")
    choose_model: bool = _setting(
        "FOOTNOTE_CHOOSE_MODEL", True, "let people choose among the installed models (no on a Hugging Face Space)"
    )
    pull_models: bool = _setting("FOOTNOTE_PULL_MODELS", True, "download the model when Ollama does not have it")
    model: str = _setting("FOOTNOTE_MODEL", "llama3.2:3b", "the model that writes")
    fallback_model: str = _setting("FOOTNOTE_FALLBACK_MODEL", "llama3.2:1b", "taken where the first is too much")
    first_token_target_s: float = _setting(
        "FOOTNOTE_FIRST_TOKEN_TARGET_S", 20.0, "seconds to the first word beyond which the smaller model is chosen"
    )
    connect_deadline_s: float = _setting("FOOTNOTE_CONNECT_DEADLINE_S", 3.0, "seconds to reach an engine")
    first_token_deadline_s: float = _setting(
        "FOOTNOTE_FIRST_TOKEN_DEADLINE_S", 30.0, "seconds to its first word, then the next engine is asked"
    )
    stall_deadline_s: float = _setting("FOOTNOTE_STALL_DEADLINE_S", 20.0, "seconds between two words")
    total_deadline_s: float = _setting("FOOTNOTE_TOTAL_DEADLINE_S", 300.0, "seconds for a whole answer")
    num_ctx: int = _setting("FOOTNOTE_NUM_CTX", 4096, "context window asked of the model, in tokens")
    threads: int = _setting("FOOTNOTE_THREADS", 0, "threads for models; 0: as many as the container has cores")

    # -- model servers of one's own
    endpoints: tuple[str, ...] = _setting(
        "FOOTNOTE_ENDPOINTS",
        (),
        "OpenAI-compatible servers (vLLM) on your own network that share the questions, separated by commas: "
        "`http://gpu1:8000/v1`. For those on other machines the same holds as for `OLLAMA_HOST`",
    )
    endpoint_key: str = _setting("FOOTNOTE_ENDPOINT_KEY", "", "the key they ask for, if any")
    endpoint_questions: int = _setting(
        "FOOTNOTE_ENDPOINT_QUESTIONS", 8, "questions one of them is asked at once; an Ollama is asked one"
    )

    # -- the remote engine
    hf_token: str = _setting("HF_TOKEN", "", "Hugging Face token; without it the remote engine is never asked")
    remote_answers: int = _setting(
        "FOOTNOTE_REMOTE_ANSWERS", 20, "answers one person may have from the remote engine in a day (of UTC)"
    )
    remote_answers_a_day: int = _setting(
        "FOOTNOTE_REMOTE_ANSWERS_A_DAY", 200, "answers that everybody together may have from it in a day"
    )
    hf_models: tuple[str, ...] = _setting(
        "FOOTNOTE_HF_MODELS",
        ("meta-llama/Llama-3.1-8B-Instruct", "Qwen/Qwen2.5-7B-Instruct"),
        "remote models in the order they are tried, separated by commas",
    )

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the variables; an empty one counts as unset, blanks around a value are dropped.

        Raises SettingsError, naming the variable, where a value is not what its setting takes.
        """
        environ = os.environ if environ is None else environ
        values: dict[str, object] = {}
        for setting in settings_fields():
            name = setting.metadata["env"]
            text = environ.get(name, "").strip()
            if text:
                values[setting.name] = _parsed(name, text, setting.default)
        if environ.get("SPACE_ID"):  # strangers side by side: nobody's files stay for ever
            values.setdefault("keep_hours", 24.0)
            values.setdefault("max_list", 20)
            values.setdefault("proxies", 1)
            values["own_names"] = ("*.hf.space", *filter(None, [environ.get("SPACE_HOST", "").strip()]))
            values.setdefault("choose_model", False)  # each change of model costs everybody half a minute
        if "ollama_url" in values:
            first, *more = [part.strip() for part in str(values["ollama_url"]).split(",") if part.strip()] or [""]
            values["ollama_url"], values["more_ollama_urls"] = as_url(first), tuple(map(as_url, more))
        settings = cls(**values)  # type: ignore[arg-type]
        _check_keys(settings.api_keys)
        _check_store(settings.store)
        _check_hosts(settings.hosts)
        if settings.reading != "web" and not (settings.reading == BY_WORKERS and settings.store):
            raise SettingsError(
                "FOOTNOTE_READING takes web, or, with FOOTNOTE_STORE, worker. Correct it, then start again."
            )
        if settings.get_ollama not in ("ask", "yes", "no"):
            raise SettingsError(literal("FOOTNOTE_GET_OLLAMA takes ask, yes or no. Correct it, then start again."))
        for url in (settings.ollama_url, *settings.more_ollama_urls):
            _check_nameless("OLLAMA_HOST", url, "Let a tunnel or a private network keep others away from it.")
        for url in settings.endpoints:
            _check_endpoint(url)
            _check_nameless(
                "FOOTNOTE_ENDPOINTS", url, "The key such a server asks for goes into FOOTNOTE_ENDPOINT_KEY."
            )
        return settings

    def model_places(self) -> set[Where]:
        """Where the model servers named here run. The remote engine is none of them."""
        # Imported here, as below: it brings numpy, for which the supervisor's start need not wait.
        from shared_utils.generation.where import where_is

        return {where_is(url) for url in (self.ollama_url, *self.more_ollama_urls, *self.endpoints)}

    def secrets(self) -> tuple[str, ...]:
        """What no log may repeat."""
        password = urlsplit(self.store).password or ""
        return (self.hf_token, *self.api_keys, self.endpoint_key, self.store, password, unquote(password))


def settings_fields() -> tuple[Field[Any], ...]:
    """The fields that a variable sets."""
    return tuple(setting for setting in fields(Settings) if setting.metadata)


def _parsed(name: str, text: str, default: object) -> object:
    """`text` as the type of `default`."""
    try:
        match default:
            case bool():
                return as_bool(text)
            case int():
                return int(text)
            case float():
                return float(text)
            case Path():
                return Path(text).expanduser()
            case tuple():
                return tuple(part.strip() for part in text.split(",") if part.strip())
            case _:
                return text
    except ValueError as exc:
        raise SettingsError(
            literal(
                f"{name} is set to “{text}”, but it takes {expected(default)}. Correct or unset it, then start again."
            )
        ) from exc


def _check_keys(keys: tuple[str, ...]) -> None:
    for key in keys:
        if len(key) < _SHORTEST_KEY:
            raise SettingsError(
                literal(
                    f"FOOTNOTE_API_KEYS holds a key of {len(key)} characters; one that nobody guesses has at least "
                    f"{_SHORTEST_KEY}. Make one with `openssl rand -hex 24`, then start again."
                )
            )


def _check_hosts(hosts: tuple[str, ...]) -> None:
    for host in hosts:
        if set(host) & set("/:@?# "):
            raise SettingsError(
                literal(
                    f"FOOTNOTE_HOSTS holds “{host}”, but it takes names alone, such as docs.example.org or "
                    "*.example.org: no https://, no port. Correct or unset it, then start again."
                )
            )


def _check_store(url: str) -> None:
    """The message does not repeat the address: a password stands in it."""
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        scheme = "?"
    if scheme not in ("", "postgresql", "postgres") or (url and not scheme):
        raise SettingsError(
            "FOOTNOTE_STORE takes an address such as postgresql://user:password@host:5432/name. "
            "Correct it, or unset it to keep everything in the data folder, then start again."
        )


def _check_nameless(variable: str, url: str, instead: str) -> None:
    """People read where a model server is when it does not answer. The message does not repeat the address."""
    if "@" in url:
        raise SettingsError(
            literal(
                f"{variable} holds a name or a password, and addresses are shown to people. {instead} "
                "Take it out of the address, then start again."
            )
        )


def _check_endpoint(url: str) -> None:
    """Passages stay on one's own machines unless the remote engine is chosen: a server elsewhere is no endpoint."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https"):
        raise SettingsError(
            "FOOTNOTE_ENDPOINTS takes addresses such as http://gpu1:8000/v1, separated by commas. "
            "Correct or unset it, then start again."
        )
    from shared_utils.generation.where import where_is
    from shared_utils.types import Where

    if where_is(url) is Where.ELSEWHERE:
        raise SettingsError(
            literal(
                f"FOOTNOTE_ENDPOINTS names {host}, which is not on a private network: passages would leave your "
                "machines without a word. Reach the server through a private address or a tunnel, then start again."
            )
        )
