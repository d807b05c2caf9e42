"""Passages' vectors in PostgreSQL, searched there by pgvector: exact, and among the documents named only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shared_utils.storage.postgres_database import PostgresDatabase
from shared_utils.types import Vectors

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]

# `<#>` is the negative inner product; of unit vectors that is the negative cosine. `offset 0` keeps each document's
# few rows together: PostgreSQL would otherwise be free to sort all of them at once.
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
_COSINES = """
    SELECT asked.place, -(embedding <#> $4)
    FROM unnest($1::text[], $2::int[]) WITH ORDINALITY AS asked (id, number, place)
    JOIN vectors ON vectors.document_id = asked.id AND vectors.model = $3
    JOIN passage_vector ON passage_vector.document_id = asked.id AND passage_vector.number = asked.number
"""


class PostgresVectors:
    """The vectors of one embedding model. See `VectorSource`."""

    def __init__(self, database: PostgresDatabase, model: str) -> None:
        self._database = database
        self._model = model

    def nearest(self, query: Vectors, document_ids: Sequence[str], top_k: int) -> list[tuple[Rows, Scores]]:
        with self._database.read() as db:
            found = db.connection.execute(_NEAREST, (list(document_ids), self._model, query[0], top_k), binary=True)
            rows = found.fetchall()
        places = np.array([row[0] for row in rows], dtype=np.int64)
        numbers = np.array([row[1] for row in rows], dtype=np.int64)
        cosines = np.array([row[2] for row in rows], dtype=np.float32)
        ends = np.searchsorted(places, np.arange(1, len(document_ids) + 1), side="right")
        return list(zip(np.split(numbers, ends)[:-1], np.split(cosines, ends)[:-1], strict=True))

    def cosines(self, query: Vectors, chosen: Sequence[tuple[str, Rows]]) -> list[Scores]:
        ids = [document_id for document_id, rows in chosen for _ in rows]
        numbers = [int(number) for _, rows in chosen for number in rows]
        scores = np.zeros(len(ids), dtype=np.float32)
        with self._database.read() as db:
            found = db.connection.execute(_COSINES, (ids, numbers, self._model, query[0]), binary=True)
            for place, cosine in found:
                scores[place - 1] = cosine
        ends = np.cumsum([len(rows) for _, rows in chosen])
        return np.split(scores, ends)[:-1]
