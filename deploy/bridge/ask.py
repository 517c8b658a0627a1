"""Prints the health of the bridge of this container: `python -m deploy.bridge.ask`."""

import json
import os

from shared.service import health_client

if __name__ == "__main__":
    print(json.dumps(health_client.ask(os.environ["WARM_HEALTH_SOCKET"])))
