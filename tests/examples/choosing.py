"""A site where people choose how to sign in; started by the tests."""

from fastapi import FastAPI

from cognomen_kit.fastapi import Accounts, WebSettings


def make_app() -> FastAPI:
    app = FastAPI()
    Accounts(WebSettings(site_name="Choosing", flow="USER_AUTH", after_sign_in="/account/profile")).install(app)
    return app
