"""The database's address in the driver's own form, checked before anything connects.

mongodb://user:password@host:port/?replicaSet=name&tls=true&tlsCAFile=/path/authority.pem
"""

import ssl

from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri

# With these options the driver doesn't check who answers.
CARELESS = ("tlsInsecure", "tlsAllowInvalidCertificates", "tlsAllowInvalidHostnames")
AUTHORITY = "tlsCAFile"


def checked(uri: str) -> str:
    """`uri`, if the driver accepts it, checks the server's certificate and can read its authority.

    Raises ValueError. The message contains nothing that may belong to the password.
    """
    try:
        options = parse_uri(uri, warn=False)["options"]
    except OSError as error:
        raise ValueError(
            f"names a file that can't be read: {error.strerror}: {error.filename}"
        ) from None
    except (PyMongoError, ValueError) as error:
        raise ValueError(
            f"isn't an address that the driver accepts: {type(error).__name__}"
        ) from None
    careless = [name for name in CARELESS if options.get(name)]
    if careless:
        raise ValueError(f"has {', '.join(careless)}: the server is always checked")
    authority = options.get(AUTHORITY)
    try:
        ssl.create_default_context(cafile=authority)
    except ssl.SSLError:
        raise ValueError(f"has no certificate in {AUTHORITY}: {authority}") from None
    return uri
