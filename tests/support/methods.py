"""Every RPC method of every service, with the schema of what it takes."""

from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR

from shared.domain.service_names import service_class
from shared.platform.topology import SERVICES
from shared.service.rpc_server import CheckedRpc


def _methods():
    for service in map(service_class, SERVICES):
        for name in dir(service):
            for entrypoint in getattr(getattr(service, name), ENTRYPOINT_EXTENSIONS_ATTR, ()):
                if isinstance(entrypoint, CheckedRpc):
                    yield service.name, name, entrypoint.takes


METHODS = list(_methods())
