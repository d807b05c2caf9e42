"""How a thing is done: one engine or one algorithm a file, true in any other application."""

from shared_utils.processes.telemetry import switch_off_telemetry

switch_off_telemetry()  # here, so that it is done before anything of ours can load a library that reports
