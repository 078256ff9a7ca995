"""A result as FHIR: a Bundle of Observations, in R5 or R4.

    result ─▶ findings ─▶ Observation (+ contained Device) ─▶ Bundle of type `collection`

Whose face it was is not told: who imports it fills in `subject`. When the recording was made
is not known here, which `effectiveDateTime` says; `issued` is when the result was there.
Ids follow from the assessment's id, so that an import can be done twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid5

from assessment.assessment import Assessment
from service.answers import timestamp
from service.fhir_codes import (
    IDENTIFIERS,
    Resource,
    category,
    concept,
    made_up,
    words,
)
from service.fhir_finding import Finding
from service.fhir_observations import findings

DEVICE: Final = "device"
UNKNOWN_TIME: Final[Resource] = {
    "extension": [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
            "valueCode": "unknown",
        }
    ]
}
_NAMESPACE: Final = UUID(IDENTIFIERS)


class Release(StrEnum):
    """The releases of FHIR that results are written in, the first unless another is asked for."""

    R5 = "r5"
    R4 = "r4"


VERSIONS: Final = {Release.R5: "5.0", Release.R4: "4.0"}
"""What the parameter `fhirVersion` of the media type calls them."""


def bundle(assessment: Assessment, result: Mapping[str, Any], release: Release) -> Resource:
    """Return the Bundle of an assessment that succeeded."""
    writer = _Writer(assessment, result, release)
    observations = [writer.observation(one) for one in findings(result)]
    return {
        "resourceType": "Bundle",
        "id": writer.id_of("bundle"),
        **writer.meta,
        "identifier": writer.identifier(),
        "type": "collection",
        "timestamp": writer.issued,
        "entry": [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in observations],
    }


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the resources of one result; the same result gives the same ids."""

    assessment: Assessment
    result: Mapping[str, Any]
    release: Release

    @property
    def issued(self) -> str:
        """When the result was there: an instant of FHIR."""
        return timestamp(self.assessment.ended_at or self.assessment.updated_at)

    @property
    def meta(self) -> Resource:
        """The label of numbers that are made up, or nothing."""
        return {"meta": {"security": [made_up()]}} if self.result.get("sandbox") else {}

    def id_of(self, key: str) -> str:
        """Return the resource's UUID (version 5), which depends on assessment and key alone."""
        return str(uuid5(_NAMESPACE, f"{self.assessment.id}/{key}"))

    def identifier(self, key: str = "") -> Resource:
        """Return the business identifier: of the bundle, or with a key of one finding."""
        return {"system": IDENTIFIERS, "value": "/".join(filter(None, (self.assessment.id, key)))}

    def observation(self, finding: Finding) -> Resource:
        """Return an Observation; without `subject`, which who imports it fills in."""
        notes = (*finding.notes, *self.result["notices"], _not_assessed(self.result))
        whole: Resource = {
            "resourceType": "Observation",
            "id": self.id_of(finding.key),
            **self.meta,
            "contained": [self._device(finding.model)],
            "identifier": [self.identifier(finding.key)],
            "status": self._status(finding),
            "category": [category()],
            "_effectiveDateTime": UNKNOWN_TIME,
            "issued": self.issued,
            "method": concept("facial-behaviour-analysis"),
            "device": {"reference": f"#{DEVICE}"},
            "note": [{"text": text} for text in notes],
            **finding.body,
        }
        if finding.members:
            whole["hasMember"] = [
                {"reference": f"urn:uuid:{self.id_of(key)}"} for key in finding.members
            ]
        return whole

    def _status(self, finding: Finding) -> str:
        """Only what validated weights say in production is `final`."""
        research = self.result["intended_use"] == "research" or self.result.get("sandbox")
        return "preliminary" if research or finding.demonstration else "final"

    def _device(self, model: str | None) -> Resource:
        software = self.result["provenance"]["software"]
        versions = [_version("software", software)]
        network = self._network(model)
        if network:
            versions.append(_version("network", f"{network['name']} {network['version']}"))
            versions.append(_version("weights-sha256", network["sha256"]))
        name = f"{software}, network {model}" if model else software
        return {
            "resourceType": "Device",
            "id": DEVICE,
            **self._device_name(name),
            "version": versions,
        }

    def _network(self, model: str | None) -> Mapping[str, Any] | None:
        served = self.result["provenance"]["models"]
        return next((one for one in served if one["name"] == model), None)

    def _device_name(self, name: str) -> Resource:
        """Return the one thing here that R4 and R5 call by other names."""
        if self.release is Release.R4:
            return {"deviceName": [{"name": name, "type": "user-friendly-name"}]}
        return {"name": [{"value": name, "type": "user-friendly-name"}]}


def _version(kind: str, value: str) -> Resource:
    return {"type": concept(kind), "value": value}


def _not_assessed(result: Mapping[str, Any]) -> str:
    return f"Does not assess: {', '.join(words(one) for one in result['does_not_assess'])}."
