"""The page that tells a person what the API takes and gives: drawn from its OpenAPI, no script, nothing fetched."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from src.api.docs_page import reference

router = APIRouter(tags=["operation"])


@router.get("/api/docs", response_class=HTMLResponse, include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    return HTMLResponse(reference(request.app.openapi()))
