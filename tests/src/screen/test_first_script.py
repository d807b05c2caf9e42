"""The page leaves the server with a script of ours before Streamlit's own."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from src.screen.first_script import ROUTES, FirstScript

HTML = "<html><head><title>Streamlit</title><script>window.first = 1</script></head><body></body></html>"


def client() -> TestClient:
    async def page(_: object) -> HTMLResponse:
        return HTMLResponse(HTML)

    async def words(_: object) -> PlainTextResponse:
        return PlainTextResponse("<head>")

    routes = [Route("/", page), Route("/index.html", words), Route("/shared/x", page), *ROUTES]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(FirstScript)]))


def test_the_script_comes_before_all_others_and_can_be_fetched() -> None:
    answer = client().get("/")
    address = answer.text.split('src=".', 1)[1].split('"', 1)[0]
    assert answer.text.index("first.js") < answer.text.index("window.first")
    assert "<title>Footnote<" in answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)
    script = client().get(address)
    assert script.status_code == 200
    assert "footnoteHeld" in script.text


def test_the_styles_are_there_before_anything_is_drawn_and_weigh_more_than_what_the_head_holds() -> None:
    answer = client().get("/")
    address = answer.text.split('href=".', 1)[1].split('"', 1)[0]
    assert answer.text.index("first.css") > answer.text.index("</head>")
    styles = client().get(address)
    assert styles.headers["content-type"].startswith("text/css")
    for sheet in Path("src/screen").glob("*.css"):
        assert sheet.read_text(encoding="utf-8") in styles.text, sheet


def test_other_addresses_and_what_is_no_page_pass_as_they_are() -> None:
    assert client().get("/shared/x").text == HTML
    assert client().get("/index.html").text == "<head>"
