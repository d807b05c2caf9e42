"""deploy/kubernetes.yaml against Kubernetes' own schemas, and against what the program takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from src.settings import settings_fields

MANIFESTS: list[dict[str, Any]] = list(
    yaml.safe_load_all((Path(__file__).parent.parent.parent / "deploy" / "kubernetes.yaml").read_text(encoding="utf-8"))
)
NEEDED_BY_ANOTHER = {"PASSWORD"}  # it stands in the address of the database


def named(kind: str, name: str) -> dict[str, Any]:
    (found,) = (one for one in MANIFESTS if (one["kind"], one["metadata"]["name"]) == (kind, name))
    return found


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda one: f"{one['kind']}-{one['metadata']['name']}")
def test_every_manifest_is_one_of_kubernetes(manifest: dict[str, Any]) -> None:
    schemas = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate is not installed")
    schemas.validate(manifest, "1.33", strict=True)


def test_web_processes_and_workers_are_told_settings_that_exist_and_the_same_database() -> None:
    known = {setting.metadata["env"] for setting in settings_fields()}
    assert set(named("ConfigMap", "footnote")["data"]) <= known
    pods = [named("Deployment", name)["spec"]["template"]["spec"] for name in ("web", "worker")]
    environments = [pod["containers"][0]["env"] for pod in pods]
    assert environments[0] == environments[1]
    assert {variable["name"] for variable in environments[0]} <= known | NEEDED_BY_ANOTHER
    assert pods[1]["containers"][0]["command"][-2:] == ["-m", "src.worker"]


def test_what_is_called_by_name_is_there() -> None:
    ingress = named("Ingress", "footnote")["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    ports = named("Service", ingress["name"])["spec"]["ports"]
    assert ingress["port"]["name"] in {port["name"] for port in ports}
    for kind, name in (("Deployment", "web"), ("StatefulSet", "database"), ("StatefulSet", "ollama")):
        labels = named(kind, name)["spec"]["template"]["metadata"]["labels"]
        assert named("Service", name)["spec"]["selector"] == labels
    volumes = [named("Deployment", name)["spec"]["template"]["spec"] for name in ("web", "worker")]
    for pod in volumes:
        mounted = {mount["name"] for mount in pod["containers"][0]["volumeMounts"]}
        assert mounted == {volume["name"] for volume in pod["volumes"]}
