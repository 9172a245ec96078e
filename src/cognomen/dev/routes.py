"""Everything under ``/_dev``, in one list."""

from starlette.routing import Route

from cognomen.dev.clock import move_clock
from cognomen.dev.import_log import show_import_log
from cognomen.dev.inbox_page import inbox_page_routes
from cognomen.dev.messages import list_messages
from cognomen.dev.reset import reset
from cognomen.dev.tools import DevTools
from cognomen.dev.triggers import list_triggers


def dev_routes(tools: DevTools) -> list[Route]:
    """The routes of the dev profile; whoever mounts them keeps other hosts and other sites out."""
    return [
        Route("/messages", list_messages(tools)),
        Route("/import-log", show_import_log(tools)),
        Route("/triggers", list_triggers(tools)),
        Route("/clock", move_clock(tools), methods=["POST"]),
        Route("/reset", reset(tools), methods=["POST"]),
        *inbox_page_routes(),
    ]
