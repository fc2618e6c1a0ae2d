"""PP-OCR's two networks as RapidOCR brings them: what finds lines, and what reads one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from prepdoc.errors import ComponentMissing
from prepdoc.machine import cores, lacks_memory
from prepdoc.ocr import engine_threads
from prepdoc.ocr.heap import with_few_arenas
from prepdoc.ocr.strips import Place, placed, turned_to_read
from prepdoc.page import Pixels
from prepdoc.telemetry import silence
from prepdoc.texts import _

DETECT_SIDE: Final = 2000
"""Long side, in pixels, at which lines are looked for: RapidOCR's own, read well from 96 dpi up."""
DETECT_THRESHOLD: Final = 0.3
BOX_THRESHOLD: Final = 0.4
UNCLIP: Final = 1.6
MAX_LINES: Final = 3000
SMALL_PX: Final = 1_000_000
"""Lines on a smaller picture are looked for on one core: a second one mostly waits for the first,
and waiting takes a core too (decision 0018)."""

PARAMS: Final = {
    "Global.log_level": "critical",
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "Det.limit_type": "max",
    "Det.limit_side_len": DETECT_SIDE,
    "Det.thresh": DETECT_THRESHOLD,
    "Det.box_thresh": BOX_THRESHOLD,
    "Det.unclip_ratio": UNCLIP,
    "Det.max_candidates": MAX_LINES,
    "Det.score_mode": "slow",  # of the marked pixels: in a box around a bent line are few
}
_ZERO: Final = "session.set_denormal_as_zero"
_SPINNING: Final = "session.intra_op.allow_spinning"

Tensor: TypeAlias = NDArray[np.float32]

_NOTHING: Final[Tensor] = np.zeros((1, 3, 32, 32), dtype=np.float32)
"""The smallest picture."""

_loading = threading.Lock()


@dataclass(frozen=True, slots=True)
class Detector:
    """RapidOCR's, with a `session` of our own, in whose threads denormal numbers are zero.

    On an Intel processor half of a page's detection is spent on numbers below 1e-38; without them
    every box is the same to the last bit (decision 0030).
    """

    rapid: Any
    session: _OneThread | _InOneThread

    def places(self, picture: Pixels) -> list[Place]:
        """Where each line stands, in pixels of a picture in BGR."""
        prepare = self.rapid.get_preprocess()
        scaled = prepare.resize(picture)
        if scaled is None:
            return []
        scores = self.session(_normalised(scaled, prepare))
        found, _ = self.rapid.postprocess_op(scores, picture.shape[:2])
        boxes = self.rapid.sorted_boxes(found) if len(found) else ()
        marked = (scores[0, 0] > DETECT_THRESHOLD).astype(np.uint8)
        stretch = np.array(picture.shape[1::-1]) / marked.shape[::-1]
        return [placed(turned_to_read(box.astype(np.float32)), marked, stretch) for box in boxes]


def _normalised(picture: Pixels, prepare: Any) -> Tensor:
    """1 × 3 × H × W: what RapidOCR counts for each pixel, by a table of each value there is."""
    every = np.repeat(np.arange(256, dtype=np.uint8)[:, np.newaxis], 3, axis=1)
    tables = prepare.normalize(every).astype(np.float32).T
    channels = zip(cv2.split(picture), tables, strict=True)
    whole = np.stack([cv2.LUT(channel, table) for channel, table in channels])
    return np.asarray(whole[np.newaxis], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Networks:
    """What finds lines on pages, with all threads; on small pictures, with one; what reads a strip,
    with one.
    """

    page_detector: Detector
    small_detector: Detector
    recogniser: Any

    def detector(self, size_px: int) -> Detector:
        """For a picture of so many pixels."""
        return self.small_detector if size_px < SMALL_PX else self.page_detector


def networks() -> Networks:
    """Loaded once a process although pages are read in several threads.

    Raises:
        ComponentMissing: rapidocr, onnxruntime or their models are not installed.
    """
    with _loading:
        return _load(engine_threads())


def load_ahead() -> None:
    """Begin to load the engine, which takes a second, while something else is done.

    What cannot be loaded is told when it is used.
    """
    threading.Thread(target=_load_quietly, name="prepdoc-load").start()


def _load_quietly() -> None:
    with suppress(ComponentMissing, MemoryError):
        networks()


@cache
def _load(threads: int | None) -> Networks:
    silence()
    with_few_arenas()
    try:
        from rapidocr import RapidOCR

        engine = RapidOCR(params=PARAMS)
        rapid, count = engine._load_det_model(), threads or cores()
        model, rapid.session = rapid.session.session._model_path, None
        small = whole = Detector(rapid, _OneThread(_session(model, 2)))  # who asks only waits
        if count > 1:
            asking = _OneThread(_session(model, 2))
            whole = Detector(rapid, _InOneThread(_session(model, count), asking))
        return Networks(whole, small, engine._load_rec_model())
    except Exception as error:  # any failure but one means the same to the user
        if lacks_memory(error):
            raise MemoryError from error
        raise ComponentMissing(
            _("the OCR engine RapidOCR cannot start; run `prepdoc doctor`")
        ) from error


def _session(model: str, threads: int) -> Any:
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.log_severity_level = 4
    options.enable_cpu_mem_arena = False
    options.intra_op_num_threads = threads
    options.add_session_config_entry(_ZERO, "1")
    options.add_session_config_entry(_SPINNING, "0")
    return InferenceSession(model, options, providers=["CPUExecutionProvider"])


@dataclass(frozen=True, slots=True)
class _OneThread:
    """A session that runs in its own thread: how that counts holds for no other one."""

    session: Any

    def __call__(self, picture: Tensor) -> Tensor:
        return self.after(picture, lambda seen: seen)

    def after(self, picture: Tensor, work: Callable[[Tensor], Tensor]) -> Tensor:
        """What is then made of it in that thread."""
        done: Future[Tensor] = Future()

        def end(results: Sequence[Tensor], _: None, error: str) -> None:
            try:
                done.set_result(work(results[0]))
            except Exception as failure:  # noqa: BLE001 - raised where it was asked for
                done.set_exception(failure if not error else RuntimeError(error))

        self.session.run_async(None, {_input(self.session): picture}, end, None)
        try:
            return done.result()
        finally:
            wait([done])  # the picture is read until then, also where a signal came


@dataclass(frozen=True, slots=True)
class _InOneThread:
    """A session of several threads, of which the one that asks is another session's own."""

    session: Any
    asking: _OneThread

    def __call__(self, picture: Tensor) -> Tensor:
        def run(_: Tensor) -> Tensor:
            seen: Tensor = self.session.run(None, {_input(self.session): picture})[0]
            return seen

        return self.asking.after(_NOTHING, run)


def _input(session: Any) -> str:
    return str(session.get_inputs()[0].name)
