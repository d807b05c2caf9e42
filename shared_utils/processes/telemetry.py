"""Nothing that this process loads reports to its makers.

ONNX Runtime 1.31 carries Microsoft's 1DS client and starts it when the library is loaded, so its own switch in Python
comes too late; the environment of the process is read in time. docs/security.md says what was looked at.
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping

TELEMETRY_OFF = {
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime: an id of the machine, and what is run
    "HF_HUB_DISABLE_TELEMETRY": "1",  # huggingface_hub and what is built on it: versions, in each request
    "DO_NOT_TRACK": "1",  # what others have agreed on: https://consoledonottrack.com
}


def switch_off_telemetry(environ: MutableMapping[str, str] = os.environ) -> None:
    """Set, for this process and those it starts, what keeps libraries from reporting. Call it before they load."""
    environ.update(TELEMETRY_OFF)
