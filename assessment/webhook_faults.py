"""What stands against a webhook: branches of the tree in `assessment.faults`."""

from assessment.faults import NotFound, Rejected


class NoSuchEndpoint(NotFound):
    """No webhook endpoint has that id, or it belongs to somebody else."""

    advice = "There is no such webhook endpoint for this key. Check the id."


class NoSuchDelivery(NotFound):
    """The delivery log has no such entry."""

    advice = "There is no such delivery of this assessment. Its delivery log lists them."


class EndpointDisabled(Rejected):
    """Nothing is sent to the webhook endpoint."""

    code = "endpoint_disabled"
    advice = "The webhook endpoint is disabled or deleted. Set `enabled` to true first."


class TooManyEndpoints(Rejected):
    """The tenant has as many webhook endpoints as it may."""

    code = "too_many_endpoints"
    advice = "There are 20 webhook endpoints, which is all there can be. Delete one first."
