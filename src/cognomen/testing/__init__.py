"""cognomen for the tests of other projects: pytest loads `cognomen.testing.plugin` by itself (docs/guides/testing.md).

What the fixtures give is here by name, for annotations. Nothing of the server is imported before a fixture asks for it.
"""

from cognomen.testing.clock import Clock
from cognomen.testing.inbox import Inbox, Message
from cognomen.testing.pools import PASSWORD, AppClient, User, UserPool
from cognomen.testing.server import Cognomen, Refused
from cognomen.testing.tokens import LogIn, TokenMaker, Tokens

__all__ = [
    "PASSWORD",
    "AppClient",
    "Clock",
    "Cognomen",
    "Inbox",
    "LogIn",
    "Message",
    "Refused",
    "TokenMaker",
    "Tokens",
    "User",
    "UserPool",
]
