"""The manifests are valid, closed, and fit together and to the programs that they start."""

import re
import tomllib
from typing import Any

import kubernetes_validate
import pytest
import yaml

from assessment.settings import Settings
from tests.unit.deploy.manifests import (
    FOLDER,
    PROJECT,
    WORKLOADS,
    Container,
    Resource,
    containers,
    labels_of,
    matches,
    named,
    of_kind,
    rendered,
    renderer,
)
from worker.runner import STORE_PATIENCE_S

pytestmark = pytest.mark.skipif(renderer() is None, reason="neither kubectl nor kustomize is here")

FOLDERS = ("overlays/cpu", "overlays/gpu-mig", "networks")
"""What is rendered: `gpu-mig` is `gpu`, patched."""
CUSTOM = ("ScaledObject",)
"""Kinds that Kubernetes itself does not know."""
OURS = ("service", "worker", "webhooks", "sweeper")


@pytest.fixture(params=FOLDERS)
def resources(request: pytest.FixtureRequest) -> tuple[Resource, ...]:
    return rendered(request.param)


@pytest.fixture
def whole() -> tuple[Resource, ...]:
    """The CPU overlay, for rules about what the overlays share."""
    return rendered("overlays/cpu")


def test_every_manifest_is_valid(resources):
    for one in resources:
        if one["kind"] not in CUSTOM:
            kubernetes_validate.validate(one, "1.32", strict=True)
        assert one["kind"] == "Namespace" or one["metadata"]["namespace"] == "mien"


def test_every_container_is_locked_in_and_bounded(resources):
    for one in containers(resources):
        lock = one.raw["securityContext"]
        assert lock["readOnlyRootFilesystem"] is True, one.said
        assert lock["allowPrivilegeEscalation"] is False, one.said
        assert lock["capabilities"] == {"drop": ["ALL"]}, one.said
        pod = one.pod["securityContext"]
        assert pod["runAsNonRoot"] is True, one.said
        assert pod["runAsUser"] > 0, one.said
        assert pod["seccompProfile"] == {"type": "RuntimeDefault"}, one.said
        assert one.pod["automountServiceAccountToken"] is False, one.said
        assert {"cpu", "memory"} <= one.raw["resources"]["limits"].keys(), one.said
        assert {"cpu", "memory"} <= one.raw["resources"]["requests"].keys(), one.said


def test_every_image_has_a_tag_that_is_not_latest(resources):
    for one in containers(resources):
        assert re.search(r":[0-9][\w.-]*$", one.raw["image"]), one.said


def test_what_runs_for_long_is_probed_at_what_it_answers(resources):
    real = {"/livez", "/v2/health/live", "/v2/health/ready"}
    for one in containers(resources):
        if one.first:
            continue
        for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
            probe = one.raw[kind]
            assert "exec" in probe or probe["httpGet"]["path"] in real, one.said


def test_every_volume_that_is_mounted_is_there_and_every_claim_too(resources, whole):
    claims = {one["metadata"]["name"] for one in of_kind(whole, "PersistentVolumeClaim")}
    for one in containers(resources):
        templates = {"data"} if one.workload == "redis" else set()
        for mount in one.raw["volumeMounts"]:
            assert mount["name"] in one.volumes.keys() | templates, one.said
        for volume in one.volumes.values():
            claim = volume.get("persistentVolumeClaim", {}).get("claimName")
            assert claim is None or claim in claims, one.said


def test_every_variable_of_ours_is_a_setting(resources):
    names = {f"MIEN_{name}".upper() for name in Settings.model_fields}
    said = {key for one in of_kind(resources, "ConfigMap") for key in one["data"]}
    said |= {env["name"] for one in containers(resources) for env in one.raw.get("env", [])}
    ours = {name for name in said if name.startswith("MIEN_")}

    assert ours <= names, ours - names


def test_the_settings_of_the_cluster_can_be_read(whole):
    values = named(whole, "ConfigMap", "settings")["data"]

    fields = {name.removeprefix("MIEN_").lower(): value for name, value in values.items()}
    settings = Settings.model_validate(fields)

    assert settings.triton_url == "triton:8001"


def test_every_secret_of_ours_is_a_setting_in_a_file_of_its_name(whole):
    for one in containers(whole):
        if one.workload in OURS:
            items = one.volumes["secrets"]["secret"]["items"]
            for item in items:
                assert item["key"] == item["path"], one.said
                assert item["key"].removeprefix("mien_") in Settings.model_fields
            assert all("valueFrom" not in env for env in one.raw.get("env", [])), one.said


def test_selectors_choose_the_pods_that_they_mean(whole):
    pods = {one["metadata"]["name"]: labels_of(one) for one in of_kind(whole, *WORKLOADS)}
    for one in of_kind(whole, *WORKLOADS):
        assert matches(one["spec"]["selector"], labels_of(one))
    for one in of_kind(whole, "PodDisruptionBudget"):
        assert matches(one["spec"]["selector"], pods[one["metadata"]["name"]])
    for one in of_kind(whole, "Service"):
        assert matches({"matchLabels": one["spec"]["selector"]}, pods[one["metadata"]["name"]])


def test_every_workload_has_a_disruption_budget_that_lets_a_node_be_drained(whole):
    for one in of_kind(whole, "Deployment", "StatefulSet"):
        budget = named(whole, "PodDisruptionBudget", one["metadata"]["name"])["spec"]
        assert "maxUnavailable" in budget or budget["minAvailable"] < one["spec"]["replicas"]


def test_ports_of_services_and_policies_are_those_of_their_containers(whole):
    ports = {
        one.workload: {port["name"]: port["containerPort"] for port in one.raw.get("ports", [])}
        for one in containers(whole)
    }
    for one in of_kind(whole, "Service"):
        own = ports[one["metadata"]["name"]]
        for port in one["spec"]["ports"]:
            target = port.get("targetPort", port["port"])
            assert target in own or target in own.values()
    assert ports["worker"]["metrics"] == Settings().worker_metrics_port
    assert ports["sweeper"]["metrics"] == Settings().sweeper_metrics_port
    assert ports["webhooks"]["metrics"] == Settings().webhooks_metrics_port


def test_a_worker_has_longer_to_stop_than_its_longest_wait(whole):
    pod = named(whole, "Deployment", "worker")["spec"]["template"]["spec"]

    assert pod["terminationGracePeriodSeconds"] >= STORE_PATIENCE_S + 30


@pytest.mark.parametrize("name", ["service", "triton"])
def test_what_is_called_waits_before_it_stops_and_still_has_time(whole, name: str):
    pod = named(whole, "Deployment", name)["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    pause = int(container["lifecycle"]["preStop"]["exec"]["command"][1])

    assert 0 < pause < pod["terminationGracePeriodSeconds"] - 15


def outward(resources: tuple[Resource, ...], labels: dict[str, str]) -> list[Any]:
    """Where pods of these labels may connect to: what the policies allow, taken together."""
    policies = [
        one["spec"]
        for one in of_kind(resources, "NetworkPolicy")
        if "Egress" in one["spec"]["policyTypes"] and matches(one["spec"]["podSelector"], labels)
    ]
    assert policies, "no policy shuts these pods in"
    return [
        (peer, port["port"])
        for policy in policies
        for rule in policy.get("egress", [])
        for peer in rule.get("to", [{}])
        for port in rule["ports"]
    ]


def test_only_webhooks_reach_the_internet(whole):
    for one in of_kind(whole, "Deployment", "StatefulSet"):
        found = outward(whole, labels_of(one))
        free = [peer for peer, _ in found if "ipBlock" in peer or not peer]
        assert bool(free) == (one["metadata"]["name"] == "webhooks")


def test_a_worker_reaches_redis_triton_and_names_and_nothing_else(whole):
    found = outward(whole, labels_of(named(whole, "Deployment", "worker")))

    chosen = {
        (one["podSelector"]["matchLabels"].get("app.kubernetes.io/component", "names"), port)
        for one, port in found
    }
    assert chosen == {("redis", 6379), ("triton", 8001), ("names", 53)}


def test_with_addresses_switched_on_workers_reach_public_addresses_only():
    policy = yaml.safe_load((FOLDER / "components" / "addresses" / "network.yaml").read_text())

    (rule,) = policy["spec"]["egress"]
    (fourth, sixth) = rule["to"]
    assert {"10.0.0.0/8", "169.254.0.0/16", "192.168.0.0/16"} <= set(fourth["ipBlock"]["except"])
    assert sixth["ipBlock"]["cidr"] == "2000::/3"
    assert [port["port"] for port in rule["ports"]] == [443]


def test_pods_are_closed_unless_a_policy_opens_them(whole):
    closed = named(whole, "NetworkPolicy", "nothing")["spec"]

    assert closed == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_workers_are_scaled_on_a_metric_that_exists_and_never_to_none(whole):
    scaled = named(whole, "ScaledObject", "worker")["spec"]
    (trigger,) = scaled["triggers"]
    (metric,) = re.findall(r"mien_\w+", trigger["metadata"]["query"])
    sources = "".join(path.read_text() for path in (PROJECT / "service").glob("*.py"))

    assert named(whole, "Deployment", scaled["scaleTargetRef"]["name"])
    assert f'"{metric}"' in sources
    assert scaled["minReplicaCount"] >= 1


def test_redis_keeps_every_write_as_it_does_elsewhere(whole):
    data = named(whole, "ConfigMap", "redis")["data"]["redis.conf"]
    beside = (PROJECT / "deploy" / "redis" / "redis.conf").read_text()
    lines = [line for line in beside.splitlines() if line and not line.startswith("#")]

    assert data.splitlines() == lines


def test_a_gpu_is_asked_for_by_what_serves_and_by_what_builds_plans():
    for overlay, name in (("gpu", "nvidia.com/gpu"), ("gpu-mig", "nvidia.com/mig-1g.10gb")):
        found = [one for one in containers(rendered(f"overlays/{overlay}")) if _gpus(one)]
        assert {one.raw["name"] for one in found} == {"plans", "triton"}
        for one in found:
            assert _gpus(one) == {name: "1"}
            assert one.pod["nodeSelector"] == {"nvidia.com/gpu.present": "true"}


def _gpus(one: Container) -> dict[str, str]:
    limits = one.raw["resources"]["limits"]
    return {name: count for name, count in limits.items() if name.startswith("nvidia.com/")}


def test_images_are_of_this_release_and_targets_of_the_dockerfile(resources):
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]
    targets = re.findall(r"^FROM \S+ AS (\S+)", (PROJECT / "Dockerfile").read_text(), re.MULTILINE)
    for one in containers(resources):
        name, _, tag = one.raw["image"].partition(":")
        if name.startswith("mien/"):
            assert name.removeprefix("mien/") in targets
            assert tag == version
