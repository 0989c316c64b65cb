"""The nouns: frozen values without I/O, clock or chance. Import each from its own module."""
