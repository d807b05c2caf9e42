"""Files in OpenAI's form, so that its clients put documents in and take them out. They are the library's documents.

https://platform.openai.com/docs/api-reference/files
"""

from __future__ import annotations

import time
from functools import partial
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile

from shared_utils.conversion.convert import taken_here
from shared_utils.errors import DocumentGone
from src.api.as_json import file_json
from src.api.routes.documents import check_kind, found_document, take_in
from src.api.routes.visit import CurrentVisit, Visit
from src.api.schemas import Deleted, DocumentId, Error, FileObject, FileObjects
from src.views import DocumentView

router = APIRouter(tags=["OpenAI-compatible"])
_GONE: dict[int | str, dict[str, object]] = {404: {"model": Error}}


@router.post("/v1/files", responses={415: {"model": Error}})
async def create_file(
    visit: CurrentVisit,
    file: Annotated[UploadFile, File(description=f"A PDF, or one of {', '.join(taken_here())}.")],
    purpose: Annotated[str, Form(description="Whatever it says, the file can be asked.")] = "user_data",  # noqa: ARG001
) -> FileObject:
    """Put a file in. `status` is “processed” once it can be asked as a whole, “error” where it cannot."""
    await visit.load(partial(check_kind, file))
    entry_id = await visit.load(partial(take_in, visit, file))
    visit.taken_in()
    views = await visit.call(visit.shelf.documents)
    view = next((view for view in views if view.entry_id == entry_id), None)
    if view is None:
        raise DocumentGone("The document was deleted while it was being read.")
    return file_json(view, file.size or 0, int(time.time()))


@router.get("/v1/files")
async def list_files(visit: CurrentVisit) -> FileObjects:
    """Every document of this library."""
    views = await visit.call(visit.shelf.documents)
    return FileObjects(data=[await visit.call(partial(_told, visit, view)) for view in views])


@router.get("/v1/files/{file_id}", responses=_GONE)
async def retrieve_file(visit: CurrentVisit, file_id: DocumentId) -> FileObject:
    """Where a document stands."""
    view = await found_document(visit, file_id)
    return await visit.call(partial(_told, visit, view))


@router.delete("/v1/files/{file_id}", responses=_GONE)
async def delete_file(visit: CurrentVisit, file_id: DocumentId) -> Deleted:
    """Take a document out. It is wiped from the disk within a minute."""
    view = await found_document(visit, file_id)
    await visit.call(partial(visit.shelf.remove, view.entry_id))
    return Deleted(id=file_id)


def _told(visit: Visit, view: DocumentView) -> FileObject:
    try:
        kept = visit.shelf.file_path(view.document_id).stat()
        size, added_at = kept.st_size, int(kept.st_mtime)
    except (DocumentGone, OSError):  # not opened yet, or not at all
        size, added_at = 0, 0
    return file_json(view, size, added_at)
