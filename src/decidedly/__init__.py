"""Decidedly: an open customer decision hub."""

__version__ = "0.1.0"
