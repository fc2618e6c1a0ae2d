"""A page with a text layer → what of its ink the layer explains, and the islands that are left.

    Page ─ink─pieces─specimens→ Explained(lines, islands)

Reading a whole page costs more than all else. Ink that is proven to be what the text layer says
needs no reading: each piece of it has the shape of a specimen, and every specimen has been read.
The rest is read as if there were no text layer: pictures, outlines, and fonts that lie.
"""

from prepdoc.explaining.ink import ink_of
from prepdoc.explaining.islands import (
    Explained,
    Island,
    all_explained,
    beside,
    explained,
    explained_of,
    merged,
    unexplained,
)
from prepdoc.explaining.specimens import NONE_KNOWN, Known

__all__ = [
    "NONE_KNOWN",
    "Explained",
    "Island",
    "Known",
    "all_explained",
    "beside",
    "explained",
    "explained_of",
    "ink_of",
    "merged",
    "unexplained",
]
