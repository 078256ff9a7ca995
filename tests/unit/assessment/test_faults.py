from assessment import access_faults, faults, quota_faults, recording_faults, webhook_faults
from assessment.faults import Fault

MODULES = (faults, access_faults, quota_faults, recording_faults, webhook_faults)


def kinds(fault: type[Fault]) -> list[type[Fault]]:
    """Return the fault and all below it that the domain knows."""
    below = [kind for heir in fault.__subclasses__() for kind in kinds(heir)]
    return [fault, *below] if fault.__module__.startswith("assessment.") else below


def test_every_fault_has_a_code_of_its_own_and_a_sentence_of_advice():
    own = [fault for fault in kinds(Fault) if "code" in vars(fault)]

    codes = [fault.code for fault in own]
    assert len(codes) > 20
    assert len(set(codes)) == len(codes)
    assert all(fault.advice.endswith(".") for fault in own)


def test_the_tree_draws_every_fault_and_names_every_module():
    drawn = str(faults.__doc__)

    missing = [one.__name__ for one in kinds(Fault) if f" {one.__name__}" not in drawn]
    assert missing == []
    assert {one.__module__ for one in kinds(Fault)} == {one.__name__ for one in MODULES}
    assert all(one.__name__.removeprefix("assessment.") in drawn for one in MODULES[1:])
