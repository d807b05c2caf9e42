"""One person's collections: named groups of their documents, to be asked together."""

from __future__ import annotations

from collections.abc import Collection

from shared_utils.errors import CollectionError
from shared_utils.storage.collection_store import StoredCollection, no_such_collection
from src.library.services import Person, Services


class Collections:
    """Every method may be called from any thread. Raises StorageError. Documents are named by their entries' ids."""

    def __init__(self, person: Person, services: Services) -> None:
        self._key = person.key
        self._changed = person.changed
        self._kept = services.store.collections

    def all(self) -> tuple[StoredCollection, ...]:
        """In the order in which they were made."""
        return self._kept.all(self._key)

    def found(self, name: str) -> StoredCollection:
        """The collection with this id, or called so, however it is written. Raises CollectionError."""
        there = self.all()
        called = " ".join(name.split()).casefold()
        for one in (*(c for c in there if c.id == name), *(c for c in there if c.name.casefold() == called)):
            return one
        raise no_such_collection()

    def make(self, name: str, entry_ids: Collection[str]) -> str:
        """Returns its id. Raises CollectionError for a name that is empty or taken, and where there are too many."""
        id_ = self._kept.make(self._key, name, entry_ids)
        self._changed()
        return id_

    def change(self, collection_id: str, name: str | None = None, entry_ids: Collection[str] | None = None) -> None:
        """Another name, other documents, or both; None leaves what is there. Raises CollectionError."""
        self._kept.change(self._key, collection_id, name, entry_ids)
        self._changed()

    def remove(self, collection_id: str) -> None:
        """Its documents stay. It can be restored until it is wiped. Raises CollectionError where it is not there."""
        if not self._kept.mark_removed(self._key, collection_id):
            raise no_such_collection()
        self._changed()

    def restore(self, collection_id: str) -> None:
        """Undo `remove`. Raises CollectionError when it is too late, or its name has been given to another one."""
        if not self._kept.unmark_removed(self._key, collection_id):
            raise CollectionError("This collection has been removed for good. Its documents are still here.")
        self._changed()

    def can_restore(self, collection_id: str) -> bool:
        """Whether `restore` would bring it back now."""
        return self._kept.is_removed(self._key, collection_id)
