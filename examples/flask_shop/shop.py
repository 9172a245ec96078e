"""A small shop: sign up, confirm, sign in, order something, see your own orders, change your profile.

flask --app shop:make_app run
"""

from collections import defaultdict

from flask import Flask, abort, redirect, render_template
from werkzeug.wrappers import Response

from cognomen_kit.flask import AccountPages, current_user, require_groups, sign_in_required, visitor
from cognomen_kit.web import WebSettings

GOODS = {"tea": "Green tea, 100 g", "mug": "Stoneware mug", "pot": "Cast iron pot"}


def make_app() -> Flask:
    """The shop; which user pool it uses is said by the environment (README.md)."""
    app = Flask(__name__)
    AccountPages(app, WebSettings(site_name="Corner Shop", after_sign_in="/orders"))
    orders: dict[str, list[str]] = defaultdict(list)  # by the id of the account, which never changes

    @app.get("/")
    def home() -> str:
        return render_template("home.html", goods=GOODS, user=visitor())

    @app.get("/orders")
    @sign_in_required
    def my_orders() -> str:
        mine = [GOODS[each] for each in orders[current_user.sub]]
        return render_template("orders.html", orders=mine, user=current_user)

    @app.post("/orders/<article>")
    @sign_in_required
    def order(article: str) -> Response:
        if article not in GOODS:
            abort(404)
        orders[current_user.sub].append(article)
        return redirect("/orders", 303)

    @app.get("/api/orders")
    @require_groups("staff")
    def orders_of_everybody() -> dict[str, list[str]]:
        return orders

    return app
