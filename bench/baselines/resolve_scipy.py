"""Connected components by SciPy: who would be one person if every edge joined. No limit is looked at.

Tuned: 32-bit indices and one byte an edge, which is what `connected_components` copies least of; both ends are counted
by `directed=False`, so each edge stands in the matrix once.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def components(a: npt.NDArray[np.int32], b: npt.NDArray[np.int32], leaves: int) -> npt.NDArray[np.int32]:
    """The component of each leaf, numbered from 0 (leaves,)."""
    matrix = coo_array((np.ones(len(a), np.int8), (a, b)), shape=(leaves, leaves)).tocsr()
    return connected_components(matrix, directed=False)[1]
