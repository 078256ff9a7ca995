from assessment.faults import Fault


def leaves(fault: type[Fault]) -> list[type[Fault]]:
    below = fault.__subclasses__()
    own = [fault] if "code" in vars(fault) else []
    return own + [leaf for one in below for leaf in leaves(one)]


def test_every_fault_has_a_code_of_its_own_and_a_sentence_of_advice():
    faults = [fault for fault in leaves(Fault) if fault.__module__ == "assessment.faults"]

    codes = [fault.code for fault in faults]
    assert len(codes) > 20
    assert len(set(codes)) == len(codes)
    assert all(fault.advice.endswith(".") for fault in faults)
