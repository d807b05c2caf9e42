"""How a request is refused: a status, a code for programs, and a sentence for people."""

from __future__ import annotations

import math
from collections.abc import Mapping

from starlette.responses import JSONResponse

from shared_utils.errors import (
    CollectionError,
    CollectionNameTaken,
    DocumentError,
    DocumentGone,
    EmbeddingError,
    EncryptedPdf,
    FootnoteError,
    GenerationError,
    NotFailed,
    PdfTooLarge,
    QuestionError,
    ShareUsedUp,
    StorageError,
    WebAddressError,
)
from src.api.schemas import Error, ErrorDetail, dumped

_KINDS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}  # as OpenAI names them


class Refused(Exception):
    """A request that is not answered. Its message can be shown to a person as it stands."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        retry_after_s: float | None = None,
        more_headers: Mapping[str, str] | None = None,
        param: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after_s = retry_after_s
        self.param = param
        self.more_headers = dict(more_headers or {})

    def headers(self) -> dict[str, str]:
        headers = dict(self.more_headers)
        if self.retry_after_s is not None:
            headers["Retry-After"] = str(max(1, math.ceil(self.retry_after_s)))
        return headers | ({"WWW-Authenticate": "Bearer"} if self.status == 401 else {})

    def body(self) -> Error:
        """The one shape of every refusal. OpenAI's clients read `message` from the same place."""
        kind = _KINDS.get(self.status, "server_error" if self.status >= 500 else "invalid_request_error")
        return Error(error=ErrorDetail(code=self.code, message=self.message, type=kind, param=self.param))

    def answer(self) -> JSONResponse:
        return JSONResponse(dumped(self.body()), self.status, self.headers())


# The first that fits; every kind of error has one, since the base stands last.
_STATUS: tuple[tuple[type[FootnoteError], int, str], ...] = (
    (DocumentGone, 404, "document_gone"),
    (PdfTooLarge, 413, "too_large"),
    (NotFailed, 409, "not_failed"),
    (ShareUsedUp, 429, "share_used_up"),
    (EncryptedPdf, 422, "password_needed"),
    (DocumentError, 422, "unreadable_document"),
    (CollectionNameTaken, 409, "unusable_collection"),
    (CollectionError, 422, "unusable_collection"),
    (QuestionError, 422, "unusable_question"),
    (WebAddressError, 502, "not_fetched"),
    (EmbeddingError, 503, "embeddings_unavailable"),
    (StorageError, 503, "storage_unavailable"),
    (GenerationError, 503, "model_unavailable"),
    (FootnoteError, 500, "failed"),
)


def refused(exc: FootnoteError) -> Refused:
    """What a program is told of an error that was meant for a person."""
    status, code = next((status, code) for kind, status, code in _STATUS if isinstance(exc, kind))
    again_s = exc.again_s if isinstance(exc, ShareUsedUp) else None
    return Refused(status, code, str(exc), retry_after_s=again_s)


def no_such_document() -> Refused:
    return Refused(404, "document_gone", "There is no such document on this shelf. GET /api/documents lists them.")


def no_such_collection() -> Refused:
    return Refused(404, "collection_gone", "There is no such collection here. GET /api/collections lists them.")


def starting() -> Refused:
    return Refused(503, "starting", "Footnote is still opening its library. Try again in a moment.", retry_after_s=1)
