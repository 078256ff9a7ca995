import pytest

from assessment.addresses import NotAllowed, check_url
from tests.spellings import LITERALS, NAMES


@pytest.mark.parametrize("url", LITERALS)
def test_a_forbidden_address_is_refused_however_it_is_written(url: str):
    with pytest.raises(NotAllowed):
        check_url(url, allow_loopback=False)


@pytest.mark.parametrize("name", NAMES)
def test_an_ordinary_name_is_judged_by_where_it_leads(name: str):
    # Nothing is looked up here: where it is called, every address that it has is checked.
    check_url(f"https://{name}/", allow_loopback=False)
