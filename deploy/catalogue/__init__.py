"""The generated catalogue, docs/catalogue: what is declared in code, for people to read."""
