"""Many documents: a table of them → each one's result, wherever there is a process to work on it.

    table ─read→ rows ─pack→ parcels ─Executor→ results ─journal→ published files

`table` knows what may stand in a row, `running` an Executor and what to do when its workers die,
`journal` what was done and how to go on, `parcel` what a worker gets and gives back. Only `parcel`
knows the engine; `local` and `cluster` make Executors.
"""
