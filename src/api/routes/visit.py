"""What every route needs of a request that has been let in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, TypeVar

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer

from src.api.admission import Admitted
from src.api.services import Services
from src.library.library import Library
from src.library.shelf import Shelf

T = TypeVar("T")

# Admission has looked at the key already; this tells OpenAPI that there is one.
_bearer = HTTPBearer(auto_error=False, description="A key of the operator's, or a secret of your own.")


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody's request. `person` names them in queues of this process."""

    services: Services
    library: Library
    shelf: Shelf
    person: str

    async def call(self, job: Callable[[], T]) -> T:
        """A short job that may block, off the event loop."""
        return await self.services.blocking.call(job)


async def visit(request: Request, _: Annotated[object, Security(_bearer)] = None) -> Visit:
    return await visit_of(request)


async def visit_of(request: Request) -> Visit:
    services: Services = request.scope["app"].state.services
    admitted: Admitted = request.scope["state"]["admitted"]
    key = admitted.caller.shelf_key
    shelf = await services.blocking.call(partial(admitted.library.shelf, key))
    return Visit(services, admitted.library, shelf, key)


CurrentVisit = Annotated[Visit, Depends(visit)]
