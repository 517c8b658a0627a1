"""What is complained about is an argument of the method."""

import pytest

from shared.domain.errors import ValidationFailed
from tests.support.in_memory import Relief

UNIT = "410103006"


@pytest.mark.parametrize("method", ["report_nil", "withdraw_nil"])
def test_a_nil_report_of_a_week_to_come_is_refused_by_its_period(method):
    with pytest.raises(ValidationFailed) as refused:
        Relief(["410103", UNIT]).ask(method, orgunit=UNIT, period="2017-W20")
    assert refused.value.data == {
        "period": ["Must be a period that has begun, such as 2017-W13: 2017-W20 has not."]
    }
