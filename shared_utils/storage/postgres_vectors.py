"""Passages' vectors in PostgreSQL, searched there by pgvector among the documents named only: exactly, or,
of a large library, in one index over all (postgres_near.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared_utils.storage.postgres_database import PostgresDatabase
from shared_utils.storage.postgres_near import nearest_of_all
from shared_utils.types import Vectors

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]

# `<#>` is the negative inner product; of unit vectors that is the negative cosine.
_NEAREST = """
    SELECT asked.place, found.number, found.cosine
    FROM unnest($1::text[]) WITH ORDINALITY AS asked (id, place)
    JOIN vectors ON vectors.document_id = asked.id AND vectors.model = $2
    CROSS JOIN LATERAL (
        SELECT number, -(embedding <#> $3) AS cosine FROM passage_vector
        WHERE document_id = asked.id ORDER BY embedding <#> $3, number LIMIT $4
    ) AS found
    ORDER BY asked.place, found.cosine DESC, found.number
"""
# OFFSET 0 keeps each document's rows in one look at the index: joined freely, they were looked up one by one.
_COSINES = """
    SELECT asked.place, found.number, found.cosine
    FROM unnest($1::text[], $2::int[], $3::int[]) WITH ORDINALITY AS asked (id, first, last, place)
    JOIN vectors ON vectors.document_id = asked.id AND vectors.model = $5
    CROSS JOIN LATERAL (
        SELECT number, -(embedding <#> $6) AS cosine FROM passage_vector
        WHERE document_id = asked.id AND number = ANY (($4::int[])[asked.first:asked.last]) OFFSET 0
    ) AS found
"""


@dataclass(frozen=True, slots=True)
class PostgresVectors:
    """The vectors of one embedding model. See `VectorSource`."""

    database: PostgresDatabase
    model: str

    def nearest(self, query: Vectors, document_ids: Sequence[str], top_k: int) -> list[tuple[Rows, Scores]]:
        with self.database.read() as db:
            found = db.connection.execute(_NEAREST, (list(document_ids), self.model, query[0], top_k), binary=True)
            rows = found.fetchall()
        places = np.array([row[0] for row in rows], dtype=np.int64)
        numbers = np.array([row[1] for row in rows], dtype=np.int64)
        cosines = np.array([row[2] for row in rows], dtype=np.float32)
        ends = np.searchsorted(places, np.arange(1, len(document_ids) + 1), side="right")
        return list(zip(np.split(numbers, ends)[:-1], np.split(cosines, ends)[:-1], strict=True))

    def nearest_of_all(
        self, query: Vectors, document_ids: Sequence[str], top_k: int
    ) -> list[tuple[Rows, Scores]] | None:
        return nearest_of_all(self.database, self.model, query, document_ids, top_k)

    def cosines(self, query: Vectors, chosen: Sequence[tuple[str, Rows]]) -> list[Scores]:
        ends = np.cumsum([len(rows) for _, rows in chosen], dtype=np.int64)
        starts = ends - [len(rows) for _, rows in chosen]
        numbers = [int(number) for _, rows in chosen for number in rows]
        documents = [document_id for document_id, _ in chosen]
        asked = (documents, (starts + 1).tolist(), ends.tolist(), numbers, self.model, query[0])
        with self.database.read() as db:
            found = db.connection.execute(_COSINES, asked, binary=True).fetchall()
        scores: list[Scores] = [np.zeros(len(rows), dtype=np.float32) for _, rows in chosen]
        place_of = [{int(number): place for place, number in enumerate(rows)} for _, rows in chosen]
        for place, number, cosine in found:
            scores[place - 1][place_of[place - 1][number]] = cosine
        return scores
