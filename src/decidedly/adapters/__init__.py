"""Adapters: the outside behind the ports. They import ports, core and feel, never rooms; only `app` chooses them."""
