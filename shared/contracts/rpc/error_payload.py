"""The form of a typed error in an answer: nameko's own, with what programs need to act on it.

A client of nameko's without our classes gets a RemoteError, whose `value` is JSON text:
{"data": …, "try_again": …}.
"""

from nameko.exceptions import serialize

from shared.contracts.rpc import error_data, requests
from shared.domain.errors import WarmError
from shared.domain.types import Json


def of(error: WarmError) -> Json:
    """`error` of an answer, short enough for one. Raises TypeError for data that aren't JSON."""
    data = error_data.bounded(error.data)
    payload: Json = serialize(type(error)(data))
    value = requests.encoded({"data": data, "try_again": error.try_again}).decode()
    return payload | {"value": value, "try_again": error.try_again}
