"""The mail that asks and the answer to it: bytes of a mail → what it wants (`request`).

    bytes ─mail→ Mail ─request→ Asked

Nothing here opens a link, asks a name server or sends anything.
"""
