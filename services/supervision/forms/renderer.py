"""The version of the words and the layout in which an issue was made."""

from collections.abc import Mapping
from typing import Any

# Raised by what changes words or layout of the document or of its readable forms, once issues may
# have been published in the former ones. An issue is made again word for word only by the renderer
# that made it.
RENDERER = "3"
# Issues of releases that didn't name their renderer.
FIRST_RENDERER = "1"


def renderer_of(freeze: Mapping[str, Any]) -> str:
    """The version of the renderer of an issue or draft with this freeze."""
    return str(freeze.get("renderer", FIRST_RENDERER))
