"""What every route needs of a request that has been let in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, TypeVar

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer

from src.api.admission import Admitted
from src.api.following import documents_loaded
from src.api.services import ApiServices
from src.library.networks import counted_network
from src.library.shelf import Shelf
from src.library.web import WebAddresses
from src.rag_with_generation import Rag
from src.settings import Settings

T = TypeVar("T")

# Admission has looked at the key already; this tells OpenAPI that there is one.
_bearer = HTTPBearer(auto_error=False, description="A key of the operator's, or a secret of your own.")


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody's request."""

    services: ApiServices
    rag: Rag
    shelf: Shelf
    taken_in: Callable[[], None] = lambda: None  # an upload is kept: its place among those under way is free again

    web: WebAddresses = field(default_factory=lambda: WebAddresses(None))
    address: str = ""  # how the client calls this server, without a slash at its end

    async def call(self, job: Callable[[], T]) -> T:
        """A short job that may block, off the event loop."""
        return await self.services.blocking.call(job)

    async def load(self, job: Callable[[], T]) -> T:
        """A job that holds a whole file in memory."""
        return await self.services.blocking.load(job)

    async def documents_loaded(self) -> None:
        """What was kept can be asked: the first request after a start finds it still being loaded, and waits for it."""
        await documents_loaded(self.services.blocking, self.shelf)

    async def search(self, job: Callable[[], T]) -> T:
        """A job that keeps a core for a moment, when it is this person's turn. Raises Refused; see BoundedWork."""
        return await self.services.bounded.searches.run(self.shelf.name, job)

    def stream(self) -> AbstractContextManager[None]:
        """A place among those who follow something. Raises Refused; see Blocking."""
        return self.services.blocking.stream()


async def visit(request: Request, _: Annotated[object, Security(_bearer)] = None) -> Visit:
    return await visit_of(request)


async def visit_of(request: Request) -> Visit:
    services: ApiServices = request.scope["app"].state.services
    admitted: Admitted = request.scope["state"]["admitted"]
    opened = partial(admitted.library.shelf, admitted.caller.shelf_key, network=_network(request, services.settings))
    shelf = await services.blocking.call(opened)
    library, address = admitted.library, str(request.base_url).rstrip("/")
    return Visit(services, library.rag, shelf, admitted.taken_in, library.web, address)


def _network(request: Request, settings: Settings) -> str:
    """Where keys are the operator's to give, they are not free, and a program may ask with many of them."""
    if settings.api_keys:
        return ""
    peer, forwarded_for = request.client, ",".join(request.headers.getlist("x-forwarded-for"))
    return counted_network(peer.host if peer else "", forwarded_for, settings.proxies)


CurrentVisit = Annotated[Visit, Depends(visit)]
