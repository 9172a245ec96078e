"""A small shop: sign up, confirm, sign in, order something, see your own orders, change your profile."""

from collections import defaultdict
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.templating import Jinja2Templates

from cognomen_kit.fastapi import Accounts, Visitor, WebSettings

GOODS = {"tea": "Green tea, 100 g", "mug": "Stoneware mug", "pot": "Cast iron pot"}
pages = Jinja2Templates(Path(__file__).parent / "templates")


def make_app() -> FastAPI:
    """The shop; which user pool it uses is said by the environment (README.md)."""
    accounts = Accounts(WebSettings(site_name="Corner Shop", after_sign_in="/orders"))
    app = FastAPI(title="Corner Shop")
    accounts.install(app)
    orders: dict[str, list[str]] = defaultdict(list)  # by the id of the account, which never changes

    @app.get("/", response_class=HTMLResponse)
    async def home(request: Request, user: Annotated[Visitor | None, Depends(accounts.optional_user)]) -> Response:
        return pages.TemplateResponse(request, "home.html", {"goods": GOODS, "user": user})

    @app.get("/orders", response_class=HTMLResponse)
    async def my_orders(request: Request, user: Annotated[Visitor, Depends(accounts.current_user)]) -> Response:
        mine = [GOODS[each] for each in orders[user.sub]]
        return pages.TemplateResponse(request, "orders.html", {"orders": mine, "user": user})

    @app.post("/orders/{article}")
    async def order(article: str, user: Annotated[Visitor, Depends(accounts.current_user)]) -> Response:
        if article not in GOODS:
            raise HTTPException(404)
        orders[user.sub].append(article)
        return RedirectResponse("/orders", 303)

    @app.get("/api/orders")
    async def orders_of_everybody(
        _: Annotated[Visitor, Depends(accounts.require_groups("staff"))],
    ) -> dict[str, list[str]]:
        return orders

    return app
