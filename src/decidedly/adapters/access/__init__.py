"""Access by keys of which only hashes are kept."""

from decidedly.adapters.access.keys import KeyAccess, hash_key

__all__ = ["KeyAccess", "hash_key"]
