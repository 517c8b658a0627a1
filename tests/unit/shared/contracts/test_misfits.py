"""What every RPC method takes: arguments that fit are taken, and a fault is named by its path.

The integration tests send the same through the broker.
"""

import pytest
from marshmallow import ValidationError

from tests.support.methods import METHODS
from tests.support.misfits import fitting, misfits
from tests.support.paths import paths

every_method = pytest.mark.parametrize(
    "takes", [takes for *_, takes in METHODS], ids=[f"{it}.{name}" for it, name, _ in METHODS]
)


@every_method
def test_what_fits_is_taken(takes):
    takes().load(fitting(takes))


@every_method
def test_each_misfit_is_named_by_its_path(takes):
    for path, arguments in misfits(takes):
        with pytest.raises(ValidationError) as caught:
            takes().load(arguments)
        assert set(paths(caught.value.normalized_messages())) == {path}, arguments
