"""Values of options and arguments that click's own types let through and no work can use."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import click

from prepdoc.showing import shown
from prepdoc.texts import _


class FilePath(click.Path):
    """A path, which has a name at least."""

    def __init__(self, **more: Any) -> None:
        super().__init__(path_type=Path, **more)

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:
        """As click does, of what is not empty."""
        if not os.fspath(value):
            self.fail(_("the name is empty"), param, ctx)
        return super().convert(value, param, ctx)


class ResultPath(FilePath):
    """Where a result goes: a folder that exists, or a file in one; `out/` is a folder."""

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:
        """As click does, before any work."""
        path: Path = super().convert(value, param, ctx)
        folder = os.path.split(value)[0] or path.parent
        if not (os.path.isdir(path) or os.path.isdir(folder)):  # noqa: PTH112 (raises nothing)
            what = _("there is no folder {folder}; make it, or name another place")
            self.fail(what.format(folder=shown(folder)), param, ctx)
        return path


class Between(click.FloatRange):
    """A number between two; `nan` is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """As click does, of a number."""
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(_("this is no number"), param, ctx)
        return number


def refuse_special(file: Path | None, option: str) -> None:
    """A device or a pipe would be replaced by the result.

    Raises:
        click.UsageError: it is one.
    """
    from prepdoc.publishing import is_ordinary

    if file and not is_ordinary(file):
        raise click.UsageError(
            _("{option} must name an ordinary file or a folder").format(option=option)
        )
