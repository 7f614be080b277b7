"""The API of our own: photos, recipes, renditions, batches and links as JSON with plain names.

`openapi.json` describes it and is kept by hand; tests hold the two to each other.
"""
