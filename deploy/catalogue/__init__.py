"""Generates the catalogue, docs/catalogue, from the declarations in the code."""
