"""Named groups of the documents of one's library: listed, made, changed, taken away. The documents stay."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from fastapi import APIRouter

from shared_utils.storage.collection_store import StoredCollection
from src.api.collection_schemas import Collection, CollectionChange, CollectionId, Collections, NewCollection
from src.api.errors import no_such_collection, no_such_document
from src.api.routes.visit import CurrentVisit, Visit
from src.api.schemas import Error
from src.presentation.escaping import plain

router = APIRouter(tags=["collections"], responses={404: {"model": Error}, 409: {"model": Error}})


@router.get("/api/collections")
async def list_collections(visit: CurrentVisit) -> Collections:
    """Every collection of this library, in the order they were made."""
    return Collections(collections=await visit.call(partial(_told, visit)))


@router.post("/api/collections", status_code=201)
async def new_collection(visit: CurrentVisit, wanted: NewCollection) -> Collection:
    """Group documents under a name, which no other collection of the library may have."""
    return await visit.call(partial(_made, visit, wanted))


@router.patch("/api/collections/{collection_id}")
async def change_collection(visit: CurrentVisit, collection_id: CollectionId, change: CollectionChange) -> Collection:
    """Give a collection another name, other documents, or both."""
    return await visit.call(partial(_changed, visit, collection_id, change))


@router.delete("/api/collections/{collection_id}", status_code=204)
async def delete_collection(visit: CurrentVisit, collection_id: CollectionId) -> None:
    """Take a collection away. Its documents stay."""
    await visit.call(partial(_removed, visit, collection_id))


def _told(visit: Visit) -> list[Collection]:
    names = {view.entry_id: view.document_id for view in visit.shelf.documents()}

    def told(one: StoredCollection) -> Collection:
        held = [names[entry] for entry in one.entries if entry in names]
        return Collection(id=one.id, name=plain(one.name), document_ids=held)

    return [told(one) for one in visit.shelf.collections.all()]


def _made(visit: Visit, wanted: NewCollection) -> Collection:
    return _one(visit, visit.shelf.collections.make(wanted.name, _entries(visit, wanted.document_ids)))


def _changed(visit: Visit, collection_id: str, change: CollectionChange) -> Collection:
    _one(visit, collection_id)
    entries = None if change.document_ids is None else _entries(visit, change.document_ids)
    visit.shelf.collections.change(collection_id, change.name, entries)
    return _one(visit, collection_id)


def _removed(visit: Visit, collection_id: str) -> None:
    _one(visit, collection_id)
    visit.shelf.collections.remove(collection_id)


def _one(visit: Visit, collection_id: str) -> Collection:
    """Raises Refused where there is none with this id."""
    found = next((one for one in _told(visit) if one.id == collection_id), None)
    if found is None:
        raise no_such_collection()
    return found


def _entries(visit: Visit, document_ids: Sequence[str]) -> list[str]:
    """Raises Refused where one of them is not in the library."""
    entries = {view.document_id: view.entry_id for view in visit.shelf.documents()}
    if any(document_id not in entries for document_id in document_ids):
        raise no_such_document()
    return [entries[document_id] for document_id in document_ids]
