"""The two drivers: they perform the effects a call yields, one with await and one without."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import closing, suppress
from functools import partial
from typing import Any, TypeVar, cast

from cognomen_kit.calls import (
    Background,
    Call,
    Compute,
    Effect,
    Fetch,
    HttpRequest,
    HttpResponse,
    Share,
    Wait,
)

T = TypeVar("T")
AsyncSend = Callable[[HttpRequest], Awaitable[HttpResponse]]
Send = Callable[[HttpRequest], HttpResponse]


class AsyncDriver:
    """Performs effects on the running asyncio loop."""

    def __init__(self, send: AsyncSend, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._send = send
        self._sleep = sleep
        self._shared: dict[str, asyncio.Task[Any]] = {}

    async def run(self, call: Call[T]) -> T:
        """Carry the call to its end; a cancelled task closes it where it stands."""
        with closing(call):
            step: Callable[[], Effect] = partial(next, call)
            while True:
                try:
                    effect = step()
                except StopIteration as done:
                    return cast("T", done.value)
                step = await self._next_step(call, effect)

    async def _next_step(self, call: Call[T], effect: Effect) -> Callable[[], Effect]:
        try:
            return partial(call.send, await self._perform(effect))
        except Exception as error:  # noqa: BLE001 - thrown into the call, which decides
            return partial(call.throw, error)

    async def _perform(self, effect: Effect) -> Any:
        match effect:
            case Fetch(request):
                return await self._send(request)
            case Wait(seconds):
                return await self._sleep(seconds)
            case Compute(function, arguments):
                return await asyncio.to_thread(function, *arguments)
            case Share(key, start):
                return await asyncio.shield(self._task(key, start))
            case Background(key, start):
                return self._task(key, start)

    def _task(self, key: str, start: Callable[[], Call[Any]]) -> "asyncio.Task[Any]":
        """The task under way for this key on this loop; it outlives a caller that is cancelled."""
        task = self._shared.get(key)
        if task is None or task.done() or task.get_loop() is not asyncio.get_running_loop():
            task = asyncio.get_running_loop().create_task(self.run(start()))
            self._shared[key] = task
            task.add_done_callback(partial(self._forget, key))
        return task

    def _forget(self, key: str, task: "asyncio.Task[Any]") -> None:
        if self._shared.get(key) is task:
            del self._shared[key]
        if not task.cancelled():
            task.exception()  # looked at, so that nobody reports it as lost


class Driver:
    """Performs effects on the calling thread; several threads may use one driver."""

    def __init__(self, send: Send, sleep: Callable[[float], object] = time.sleep) -> None:
        self._send = send
        self._sleep = sleep
        self._shared: dict[str, Future[Any]] = {}
        self._lock = threading.Lock()

    def run(self, call: Call[T]) -> T:
        """Carry the call to its end."""
        with closing(call):
            step: Callable[[], Effect] = partial(next, call)
            while True:
                try:
                    effect = step()
                except StopIteration as done:
                    return cast("T", done.value)
                step = self._next_step(call, effect)

    def _next_step(self, call: Call[T], effect: Effect) -> Callable[[], Effect]:
        try:
            return partial(call.send, self._perform(effect))
        except Exception as error:  # noqa: BLE001 - thrown into the call, which decides
            return partial(call.throw, error)

    def _perform(self, effect: Effect) -> Any:
        match effect:
            case Fetch(request):
                return self._send(request)
            case Wait(seconds):
                return self._sleep(seconds)
            case Compute(function, arguments):
                return function(*arguments)
            case Share(key, start):
                return self._joined(key, start)
            case Background(key, start):
                return self._in_background(key, start)

    def _joined(self, key: str, start: Callable[[], Call[Any]]) -> Any:
        """The result of the thread that came first; the others wait for it."""
        first, result = self._claim(key)
        return self._fulfil(key, result, start) if first else result.result()

    def _in_background(self, key: str, start: Callable[[], Call[Any]]) -> None:
        first, result = self._claim(key)
        if first:
            threading.Thread(target=self._quietly, args=(key, result, start), daemon=True).start()

    def _claim(self, key: str) -> tuple[bool, "Future[Any]"]:
        """Whether nobody was first, and the result to fulfil or to wait for."""
        with self._lock:
            ours: Future[Any] = Future()
            result = self._shared.setdefault(key, ours)
        return result is ours, result

    def _fulfil(self, key: str, ours: "Future[Any]", start: Callable[[], Call[Any]]) -> Any:
        try:
            ours.set_result(self.run(start()))
        except BaseException as error:
            ours.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._shared[key]
        return ours.result()

    def _quietly(self, key: str, ours: "Future[Any]", start: Callable[[], Call[Any]]) -> None:
        with suppress(Exception):  # a background call reports through the state it changes
            self._fulfil(key, ours, start)
