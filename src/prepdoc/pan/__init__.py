"""What a card number is, and where one stands in a run of characters.

Pure: no I/O, no pixels. Everything else in prepdoc asks this package whether digits are a PAN.
`number` knows ranges and Luhn, `text` cuts a line into groups of digits, `labels` holds the words
that stand beside card numbers, `rules` puts them together.
"""

from prepdoc.pan.number import Pan, brand_of, luhn
from prepdoc.pan.rules import Match, bare, find, unclaimed

__all__ = ["Match", "Pan", "bare", "brand_of", "find", "luhn", "unclaimed"]
