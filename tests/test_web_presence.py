"""When the page's server ends, by a clock that the test turns."""

from __future__ import annotations

import asyncio

from prepdoc.web.presence import LEFT_S, LOADING_S, START_S, Presence


class Clock:
    """Seconds, as the test sets them."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """The time that it is."""
        return self.now


def waited(presence: Presence, clock: Clock) -> float:
    """How long the server stays from now on, in steps of a second."""
    began = clock.now
    while not presence.is_over:
        clock.now += 1
    return clock.now - began


def test_a_browser_has_time_to_start() -> None:
    clock = Clock()
    assert START_S < waited(Presence(clock), clock) <= START_S + 1


def test_a_page_that_is_closed_while_it_loads_does_not_keep_the_server() -> None:
    """It asked for its parts, and was gone before it could say that it is open."""
    clock = Clock()
    presence = Presence(clock)
    clock.now += 5
    presence.note()
    assert LOADING_S < waited(presence, clock) <= LOADING_S + 1


def test_an_open_page_keeps_the_server_and_a_closed_one_does_not() -> None:
    clock = Clock()
    presence = Presence(clock)

    async def look() -> None:
        presence.note()
        signs = presence.stream()
        await anext(signs)
        clock.now += 10 * START_S
        presence.note()
        assert not presence.is_over
        await signs.aclose()

    asyncio.run(look())
    assert LEFT_S < waited(presence, clock) <= LEFT_S + 1
