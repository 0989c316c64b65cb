"""Databases by ADBC as sources of rows."""

from decidedly.adapters.adbc.source import AdbcSource

__all__ = ["AdbcSource"]
