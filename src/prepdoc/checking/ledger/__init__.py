"""A page's rows → what was bought, when, for how much, and whether it came back.

    rows ─columns→ texts ─entries→ entries ─spending, spreading→ entries ─transactions→ rows

`amounts` reads sums of money. Nothing here knows pixels, rules or the case.
"""
