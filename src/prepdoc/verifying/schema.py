"""The allow-list for PDF objects: what a page of pixels with invisible text needs (ISO 32000-1)."""

from __future__ import annotations

import re

# Role of a dictionary → its keys → the role of each value. Roles that are no dictionary:
# `plain` is a number, a name or a boolean; `numbers` an array of them at any depth; `words` a
# short string; `neutral` the producer's name; `id` the file identifier.
SCHEMA: dict[str, dict[str, str]] = {
    "trailer": {"/Size": "plain", "/Root": "catalog", "/Info": "info", "/ID": "id"},
    "info": {"/Producer": "neutral"},
    "catalog": {
        "/Type": "plain",
        "/Version": "plain",
        "/Pages": "pages",
        "/Lang": "words",
    },
    "pages": {"/Type": "plain", "/Kids": "kids", "/Count": "plain", "/Parent": "seen"},
    "page": {
        "/Type": "plain",
        "/Parent": "seen",
        "/MediaBox": "numbers",
        "/CropBox": "numbers",
        "/Resources": "resources",
        "/Contents": "content",
    },
    "resources": {"/XObject": "images", "/Font": "fonts", "/ProcSet": "numbers"},
    "image": {
        "/Type": "plain",
        "/Subtype": "plain",
        "/Width": "plain",
        "/Height": "plain",
        "/BitsPerComponent": "plain",
        "/ColorSpace": "colours",
        "/Interpolate": "plain",
        "/Filter": "numbers",
        "/DecodeParms": "parameters",
        "/Length": "plain",
    },
    "content": {"/Length": "plain", "/Filter": "numbers"},
    "palette": {"/Length": "plain", "/Filter": "numbers"},
    "font": {
        "/Type": "plain",
        "/Subtype": "plain",
        "/BaseFont": "plain",
        "/Name": "plain",
        "/Encoding": "plain",
        "/ToUnicode": "mapping",
        "/DescendantFonts": "descendants",
        "/FirstChar": "plain",
        "/LastChar": "plain",
        "/Widths": "numbers",
        "/FontDescriptor": "descriptor",
    },
    "descendant": {
        "/Type": "plain",
        "/Subtype": "plain",
        "/BaseFont": "plain",
        "/CIDSystemInfo": "collection",
        "/FontDescriptor": "descriptor",
        "/CIDToGIDMap": "mapping",
        "/DW": "plain",
        "/W": "numbers",
        "/DW2": "numbers",
        "/W2": "numbers",
    },
    "descriptor": {
        "/Type": "plain",
        "/FontName": "plain",
        "/Flags": "plain",
        "/FontBBox": "numbers",
        "/ItalicAngle": "plain",
        "/Ascent": "plain",
        "/Descent": "plain",
        "/CapHeight": "plain",
        "/StemV": "plain",
        "/MissingWidth": "plain",
        "/FontFile": "file",
        "/FontFile2": "file",
        "/FontFile3": "file",
    },
    "collection": {"/Registry": "words", "/Ordering": "words", "/Supplement": "plain"},
    "parameters": {
        "/Predictor": "plain",
        "/Colors": "plain",
        "/BitsPerComponent": "plain",
        "/Columns": "plain",
    },
    "mapping": {
        "/Type": "plain",
        "/CMapName": "plain",
        "/CIDSystemInfo": "collection",
        "/WMode": "plain",
        "/Length": "plain",
        "/Filter": "numbers",
    },
    "file": {
        "/Subtype": "plain",
        "/Length": "plain",
        "/Length1": "plain",
        "/Length2": "plain",
        "/Length3": "plain",
        "/Filter": "numbers",
    },
}
XREF_STREAM_KEYS = frozenset({"/Type", "/W", "/Index", "/Filter", "/DecodeParms", "/Length"})
STREAMS = frozenset({"image", "content", "palette", "mapping", "file"})
SCAFFOLD = frozenset({"/ObjStm", "/XRef"})
"""Streams that hold or list objects (§7.5.7, §7.5.8): nothing refers to them."""

NEUTRAL = re.compile(r"[A-Za-z][A-Za-z ._-]{0,40}(?: \d{1,4}(?:\.\d{1,4}){0,3})?")
"""A program's name and version."""
WORDS = re.compile(r"[A-Za-z-]{1,16}\d?")

# §8.4 and §9.3: place one picture, and set invisible text.
OPERATORS = frozenset(
    {"q", "Q", "cm", "Do", "BT", "ET", "Tf", "Td", "TD", "Tm", "T*", "TL"}
    | {"Tr", "Tj", "TJ", "Tz", "Tc", "Tw", "Ts"}
)
SHOWING = frozenset({"Tj", "TJ"})
INVISIBLE = 3
