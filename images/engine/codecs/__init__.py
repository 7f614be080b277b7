"""What a file is: formats, limits, pixels and colours in, bytes out."""
