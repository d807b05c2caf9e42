"""Everything that OpenAPI allows, and much that it does not, sent to the real server by schemathesis."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.src.api.conftest import Join, add_sample
from tests.src.api.patient import PATIENCE_S

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
    ignored_auth,
]
BOUNDED = settings(
    max_examples=15, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["meant", "not meant"])
def test_every_route_keeps_to_its_description(server: str, join: Join, mode: GenerationMode) -> None:
    client = join(server)
    add_sample(client)
    headers = {"Authorization": client.headers["authorization"]}

    described = schemathesis.openapi.from_url(f"{server}/api/openapi.json")
    tried = 0
    for found in described.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not (operation.body or operation.path_parameters or operation.query):
            continue  # there is nothing in it to get wrong

        @BOUNDED
        @given(case=operation.as_strategy(generation_mode=mode))
        def send(case: schemathesis.Case[Any]) -> None:
            # whatever stands in a form is text in the end: a number in place of a file is a file that holds a number
            form = case.media_type == "multipart/form-data"
            checks = [check for check in CHECKS if not (form and check is negative_data_rejection)]
            case.call_and_validate(headers=headers, checks=checks, timeout=PATIENCE_S)

        send()
        tried += 1
    assert tried > 10
