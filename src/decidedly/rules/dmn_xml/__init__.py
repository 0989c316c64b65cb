"""Decision models to and from DMN XML: 1.1 to 1.5 are read, 1.5 is written.

model, problems = read_dmn(path.read_bytes(), file=path.name)
text = write_dmn(model)
"""

from .read import read_dmn

__all__ = ["read_dmn"]
