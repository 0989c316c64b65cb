"""Decision models to and from DMN XML: 1.1 to 1.5 are read, 1.5 is written.

model, problems = read_dmn(path.read_bytes(), file=path.name)
text = write_dmn(laid_out(model))                  # with a diagram, so that editors show it
"""

from .layout import laid_out
from .read import read_dmn
from .write import write_dmn

__all__ = ["laid_out", "read_dmn", "write_dmn"]
