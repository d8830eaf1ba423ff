"""The version of the package, which is that of its core."""

__version__ = "0.1.0"
