"""The tools that the judge compares: prepdoc in this process, others in their own environments."""

from __future__ import annotations

from collections.abc import Mapping

from bench.tools.environments import Environment, External, cache
from bench.tools.ours import Ours
from bench.tools.results import Done, Refused, Result, Tool, ToolCrashed, ToolMissing

__all__ = [
    "TOOLS",
    "Done",
    "Refused",
    "Result",
    "Tool",
    "ToolCrashed",
    "ToolMissing",
    "cache",
]

# What pip installs for each; the versions that docs/figures.md was made with.
ENVIRONMENTS = (
    Environment("pymupdf-regex", ("pymupdf==1.28.2",), "pymupdf_regex.py"),
    Environment(
        "presidio",
        ("presidio-image-redactor==0.0.62", "presidio-analyzer==2.2.366", "pypdfium2>=5"),
        "presidio_images.py",
    ),
    Environment("blankout", ("blankout==0.2.1",), "blankout_pdf.py"),
)

TOOLS: Mapping[str, Tool] = {
    "prepdoc": Ours(),
    **{environment.name: External(environment) for environment in ENVIRONMENTS},
}
