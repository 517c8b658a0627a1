"""The services of the system, each with its name in Chinese and in English."""

import importlib
from typing import Any

NAMES = {
    "volunteering": ("志愿服务", "volunteering"),
    "relief": ("点单与走访", "orders and visits"),
    "clinics": ("义诊", "free clinics"),
    "jobfairs": ("招聘会", "job fairs"),
    "supervision": ("督导", "supervision"),
}


def service_class(name: str) -> Any:
    """The class in `services.<name>.service` whose nameko name is `name`."""
    module = importlib.import_module(f"services.{name}.service")
    return next(value for value in vars(module).values() if getattr(value, "name", None) == name)
