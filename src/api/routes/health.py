"""How the server is, for load balancers and for whoever operates it."""

from __future__ import annotations

import time
from functools import partial
from typing import Literal

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse

from src.api.errors import starting
from src.api.health import health
from src.api.schemas import Health, dumped
from src.api.services import ApiServices
from src.metrics import CONTENT_TYPE

router = APIRouter(tags=["operation"])
_WORKING = ("healthy", "degraded")


@router.get("/api/health", response_model=Health, responses={503: {"model": Health}})
async def get_health(request: Request) -> Response:
    """healthy or degraded with status 200, starting or unhealthy with 503; each part with its reason."""
    services: ApiServices = request.app.state.services
    uptime_s = time.monotonic() - services.started_at

    def look() -> Health:
        return health(services.library(), services.trouble(), services.settings, services.embeddings, uptime_s)

    now = await services.blocking.call(look)
    return JSONResponse(dumped(now), 200 if now.status in _WORKING else 503, {"Cache-Control": "no-store"})


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def get_metrics(request: Request, processes: Literal["own", "all"] = "own") -> Response:
    """Counts and times in Prometheus' text form, of this process since its start, or summed over `all` on one database.
    Nothing in them is about a person."""
    services: ApiServices = request.app.state.services
    library = services.library()
    if library is None:
        raise starting()
    text = await services.blocking.call(partial(library.numbers, of_all=processes == "all"))
    return Response(text, media_type=CONTENT_TYPE)
