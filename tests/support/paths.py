"""The fields that a refusal names."""


def paths(data, above=()):
    """The path of every message in a ValidationFailed's data."""
    for name, value in data.items():
        # marshmallow's name for a nested object as a whole
        path = above if name == "_schema" else (*above, str(name))
        if isinstance(value, dict):
            yield from paths(value, path)
        else:
            assert all(isinstance(message, str) and message for message in value)
            yield path
