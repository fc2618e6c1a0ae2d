"""The mail that asks and the answer to it: bytes of a mail → what it wants (`request`),
and what is wanted → a message and a draft (`reply`).

    bytes ─mail→ Mail ─request→ Asked
    Answer ─reply→ text, bytes of a message

Nothing here opens a link, asks a name server or sends anything.
"""
