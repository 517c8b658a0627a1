"""The examples of the clients, as modules."""

import importlib.util

from deploy.local.places import ROOT

FOLDER = ROOT / "clients/examples"


def loaded(name):
    spec = importlib.util.spec_from_file_location(f"example_{name}", FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
