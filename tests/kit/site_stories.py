"""What every adapter promises, told once: each story takes a site and is run by the tests of each framework.

A site has, beside the account pages, `/mine` for whoever is signed in, `/staff` for the group of that name, `/orders`
for the scope orders/read, and POST `/mine`; each answers the name of the visitor.
"""

import inspect
import uuid
from collections.abc import Callable
from typing import Any

from kit.site import PASSWORD, Site, path_of

NEW_PASSWORD = "Battery-Staple-7"
SELF_SERVICE = "aws.cognito.signin.user.admin"


def an_address() -> str:
    return f"karla-{uuid.uuid4().hex[:10]}@deno.example"


def a_customer(site: Site, groups: tuple[str, ...] = ()) -> str:
    """A confirmed user, by address."""
    email = an_address()
    cognito, pool_id = site.pool.cognito, site.pool.pool_id
    site.pool.confirmed(email, UserAttributes=[{"Name": "email", "Value": email}])
    mark = [{"Name": "email_verified", "Value": "true"}]
    cognito.admin_update_user_attributes(UserPoolId=pool_id, Username=email, UserAttributes=mark)
    for group in groups:
        cognito.create_group(UserPoolId=pool_id, GroupName=group)
        cognito.admin_add_user_to_group(UserPoolId=pool_id, Username=email, GroupName=group)
    return email


def tokens_of(site: Site, email: str) -> Any:
    return site.pool.sign_in(email)["AuthenticationResult"]


def another_code(code: str) -> str:
    """Six digits that are not these."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def forged(token: str) -> str:
    """The same token under another signature: its first letter is changed, all of whose bits count."""
    signed, _, signature = token.rpartition(".")
    return f"{signed}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


def an_account_from_sign_up_to_sign_out(site: Site) -> None:
    """Sign up, confirm with the code of the mail, sign in, change the profile and the password, sign out."""
    email = an_address()
    asked = site.follow(site.submit("/account/sign-up", email=email, name="Karla", password=PASSWORD))
    assert asked.page.title == "Confirm your account"
    assert asked.page.fields["email"] == email
    code = site.pool.code_for(email)
    refused = site.submit("/account/confirm", email=email, code=another_code(code))
    assert (refused.status, refused.page.error) == (400, "This code is not right. Please check it and try again.")
    welcome = site.follow(site.submit("/account/confirm", email=email, code=code))
    assert welcome.page.notice == "Your account is confirmed. Please sign in."
    wrong = site.sign_in(email, "Wrong-Horse-9")
    assert (wrong.status, wrong.page.error) == (401, "Incorrect username or password.")
    assert wrong.page.fields["password"] == ""
    assert path_of(site.sign_in(email).location) == "/"
    profile = site.get("/account/profile")
    assert (profile.page.fields["name"], profile.page.fields["email"]) == ("Karla", email)
    saved = site.follow(site.submit("/account/profile", name="Karla K."))
    assert (saved.page.notice, saved.page.fields["name"]) == ("Your profile is saved.", "Karla K.")
    change = {"previous_password": PASSWORD, "password": NEW_PASSWORD}
    assert site.follow(site.submit("/account/change-password", **change)).page.notice == "Your password is changed."
    assert site.submit("/account/sign-out").status == 303
    assert site.get("/mine").status in {302, 303}
    assert site.sign_in(email).status == 401
    assert site.sign_in(email, NEW_PASSWORD).status == 303


def a_forgotten_password(site: Site) -> None:
    """Ask for a code, choose another password with it, sign in."""
    email = a_customer(site)
    site.pool.code_for(email)
    of_sign_up = site.pool.messages(to=email)[-1]["id"]
    asked = site.follow(site.submit("/account/forgot", email=email))
    assert asked.page.title == "Choose a new password"
    code = site.pool.code_for(email, after=of_sign_up)
    weak = site.submit("/account/reset", email=email, code=code, password="short")
    assert (weak.status, weak.page.error) == (400, "Password not long enough.")
    site.follow(site.submit("/account/reset", email=email, code=code, password=NEW_PASSWORD))
    assert site.sign_in(email, NEW_PASSWORD).status == 303


def a_first_password(site: Site) -> None:
    """Somebody who was invited signs in with the temporary password, chooses another, and goes where they wanted."""
    email = an_address()
    mark = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
    invited = {"UserPoolId": site.pool.pool_id, "Username": email, "TemporaryPassword": PASSWORD}
    site.pool.cognito.admin_create_user(**invited, UserAttributes=mark, MessageAction="SUPPRESS")
    site.get(site.get("/mine").location)
    asked = site.follow(site.sign_in(email))
    assert "password" in asked.page.fields
    weak = site.submit("/account/challenge", password="short", name="Karla")
    assert (weak.status, weak.page.error) == (400, "Password not long enough.")
    assert site.submit("/account/challenge", password=NEW_PASSWORD, name="Karla").location == "/mine"
    assert email in site.get("/mine").text


def where_a_person_wanted_to_be(site: Site) -> None:
    """Who is not signed in is led to the sign-in and back again, with the query, but never to another site."""
    email = a_customer(site)
    led = site.get("/mine?colour=blue&size=2")
    assert led.location == "/account/sign-in?next=/mine%3Fcolour%3Dblue%26size%3D2"
    site.get(led.location)
    assert site.sign_in(email).location == "/mine?colour=blue&size=2"
    assert email in site.get("/mine").text
    site.submit("/account/sign-out")
    for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example/"):
        site.get(f"/account/sign-in?next={elsewhere}")
        assert site.sign_in(email).location == "/"
        site.submit("/account/sign-out")


def forgeries(site: Site) -> None:
    """A form without its proof is not taken, nor one that another site sends, JSON or not."""
    email = a_customer(site)
    given = {"email": email, "password": PASSWORD}
    bare = site.ask("POST", "/account/sign-in", {}, given)
    assert bare.status == 403
    shown = site.get("/account/sign-in").page.fields
    foreign = site.ask("POST", "/account/sign-in", {"Origin": "https://evil.example"}, {**shown, **given})
    assert foreign.status == 403
    assert site.program("POST", "/account/sign-in", given, Origin="https://evil.example").status == 403
    assert site.get("/mine").status in {302, 303}
    site.sign_in(email)
    assert site.program("POST", "/mine", {}, Origin="https://evil.example").status == 403


def programs(site: Site) -> None:
    """The same pages speak JSON: what is asked for, or AWS's name of the refusal and a sentence for people."""
    email = a_customer(site)
    refused = site.program("POST", "/account/sign-in", {"email": email, "password": "Wrong-Horse-9"})
    assert refused.status == 401
    assert refused.json["error"] == {"code": "NotAuthorizedException", "message": "Incorrect username or password."}
    assert site.program("POST", "/account/sign-in", {"email": email}).json["error"]["code"] == "FieldsMissing"
    taken = site.program("POST", "/account/sign-in", {"email": email, "password": PASSWORD})
    assert (taken.status, taken.json["location"], taken.json["error"]) == (200, "/", None)
    assert email in site.get("/mine").text
    assert site.program("POST", "/account/sign-in", ["not", "an", "object"]).status == 400
    asked = site.program("GET", "/account/change-password").json["next"]
    assert [each["name"] for each in asked["fields"]] == ["previous_password", "password"]


def rights(site: Site) -> None:
    """A person without the group is forbidden, a person in it is not; nobody is asked to sign in again for that."""
    site.sign_in(a_customer(site))
    assert site.get("/staff").status == 403
    assert site.get("/orders").status == 403
    site.submit("/account/sign-out")
    chief = a_customer(site, groups=("staff", "other"))
    site.sign_in(chief)
    assert chief in site.get("/staff").text


def bearer_tokens(site: Site) -> None:
    """An access token of this app client is a visitor; nothing, an ID token, a forgery and another client's are not."""
    email = a_customer(site, groups=("staff",))
    tokens = tokens_of(site, email)
    good = f"Bearer {tokens['AccessToken']}"
    assert email in site.program("GET", "/staff", Authorization=good).text
    assert email in site.program("POST", "/mine", {}, Authorization=good).text
    nobody = site.program("GET", "/mine")
    assert (nobody.status, nobody.headers["WWW-Authenticate"].split()[0]) == (401, "Bearer")
    lacking = site.program("GET", "/orders", Authorization=good)
    assert (lacking.status, "insufficient_scope" in lacking.headers["WWW-Authenticate"]) == (403, True)
    for bad in (tokens["IdToken"], forged(tokens["AccessToken"]), "nonsense", _of_another_client(site, email)):
        refused = site.program("GET", "/mine", Authorization=f"Bearer {bad}")
        assert refused.status == 401
        assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
        assert bad not in refused.text


def _of_another_client(site: Site, email: str) -> str:
    cognito, pool_id = site.pool.cognito, site.pool.pool_id
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    made = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="other", ExplicitAuthFlows=flows)
    given = {"USERNAME": email, "PASSWORD": PASSWORD}
    client_id = made["UserPoolClient"]["ClientId"]
    done = cognito.initiate_auth(ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=given)
    return str(done["AuthenticationResult"]["AccessToken"])


def an_expired_access_token(site: Site) -> None:
    """It is renewed on the way, and the browser gets the new one; a session that was ended elsewhere is over."""
    email = a_customer(site)
    site.sign_in(email)
    before = dict(site.cookies())
    assert email in site.get("/mine").text
    assert dict(site.cookies()) == before
    site.later(3600)
    assert email in site.get("/mine").text
    assert dict(site.cookies()) != before
    site.pool.cognito.admin_user_global_sign_out(UserPoolId=site.pool.pool_id, Username=email)
    site.later(2 * 3600)
    assert site.get("/mine").status in {302, 303}


def what_is_kept_from_others(site: Site) -> None:
    """Pages are not stored, not framed and run nothing foreign; what depends on the visitor says so to caches."""
    page = site.get("/account/sign-in")
    assert page.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    site.sign_in(a_customer(site))
    assert {"Cookie", "Authorization"} <= {name.strip() for name in site.get("/mine").headers["Vary"].split(",")}
    assert site.get("/account/static/account.css").status == 200
    assert site.get("/account/static/../page.html").status in {400, 404}
    assert site.get("/account/no-such-page").status == 404


STORIES: tuple[Callable[[Site], None], ...] = tuple(
    story
    for story in list(globals().values())
    if inspect.isfunction(story)
    and list(inspect.signature(story).parameters) == ["site"]
    and story.__module__ == __name__
)
