"""An example that works: a folder of photos through the API, with nothing but Python itself."""
