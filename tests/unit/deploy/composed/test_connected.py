"""The health of a subscriber's container, by the kernel's tables of connections."""

import pytest

from deploy.composed.connected import is_connected

HEADING = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"


def line(remote, state):
    return f"   0: 0300F00A:B41E {remote} {state} 00000000:00000000 00:00000000 00000000 10001\n"


BROKER, WEB = "0200F00A:1627", "0200F00A:01BB"
BROKER_BY_IPV6 = "0000000000000000FFFF00000200F00A:1627"
ESTABLISHED, WAITING = "01", "06"


@pytest.mark.parametrize("remote", [BROKER, BROKER_BY_IPV6])
def test_a_container_with_a_connection_to_the_broker_is_healthy(remote):
    others = line(WEB, ESTABLISHED) + line(BROKER, WAITING)
    assert is_connected([HEADING, HEADING + others + line(remote, ESTABLISHED)])


@pytest.mark.parametrize("lines", ["", line(WEB, ESTABLISHED), line(BROKER, WAITING)])
def test_one_without_is_not(lines):
    assert not is_connected([HEADING + lines])
