"""SCN: its outputs, and that the importance does not decide the class."""

import pytest
import torch

from networks.scn import Scn, ScnConfig


@pytest.mark.parametrize("classes", [7, 8])
def test_the_outputs_belong_together(classes: int) -> None:
    # given
    torch.manual_seed(0)
    network = Scn(ScnConfig(classes=classes)).eval()

    # when
    with torch.inference_mode():
        output = network(torch.randn(3, 3, 64, 64))

    # then
    assert output.logits.shape == output.weighted.shape == (3, classes)
    assert output.importance.shape == (3, 1)
    assert bool(((output.importance > 0.0) & (output.importance < 1.0)).all())
    assert torch.equal(output.weighted, output.importance * output.logits)
    assert torch.equal(output.weighted.argmax(dim=1), output.logits.argmax(dim=1))


def test_the_parameters_are_a_trunk_and_two_heads() -> None:
    network = Scn()

    assert sum(p.numel() for p in network.parameters()) == 11_176_512 + 7 * 513 + 513
