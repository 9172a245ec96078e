"""Documents that users agree to, through the AWS SDK."""

import pytest

from conftest import sdk_client
from served import serve

FIXED = {"TermsSource": "LINK", "Enforcement": "NONE"}
LINKS = {"cognito:default": "https://example.com/terms", "cognito:french": "https://example.com/fr?a=é"}


def create(pool, name="terms-of-use", **more):
    asked = {"UserPoolId": pool.pool_id, "ClientId": pool.client_id, "TermsName": name, **FIXED, **more}
    return pool.cognito.create_terms(**asked)["Terms"]


def test_a_document_is_shown_as_it_was_made(pool):
    """By its id, and by its client and name; a deleted one is nowhere."""
    made = create(pool, Links=LINKS)
    assert {**FIXED, "TermsName": "terms-of-use", "Links": LINKS, "ClientId": pool.client_id}.items() <= made.items()
    key = {"UserPoolId": pool.pool_id, "TermsId": made["TermsId"]}
    assert pool.cognito.describe_terms(**key)["Terms"] == made
    by_client = {"UserPoolId": pool.pool_id, "ClientId": pool.client_id, "TermsName": "terms-of-use"}
    assert pool.cognito.describe_terms_by_client(**by_client)["Terms"] == made
    pool.cognito.delete_terms(**key)
    with pytest.raises(pool.cognito.exceptions.ResourceNotFoundException):
        pool.cognito.describe_terms(**key)
    assert create(pool)["Links"] == {}


def test_an_update_changes_what_it_gives(pool):
    """Links are replaced as a whole, the name changes to one that is free."""
    made = create(pool, Links=LINKS)
    key = {"UserPoolId": pool.pool_id, "TermsId": made["TermsId"]}
    assert pool.cognito.update_terms(**key, **FIXED)["Terms"]["Links"] == LINKS
    other = {"cognito:default": "http://localhost/terms"}
    changed = pool.cognito.update_terms(**key, TermsName="privacy-policy", Links=other)["Terms"]
    assert (changed["TermsName"], changed["Links"]) == ("privacy-policy", other)
    create(pool)
    with pytest.raises(pool.cognito.exceptions.TermsExistsException):
        pool.cognito.update_terms(**key, TermsName="terms-of-use")


@pytest.mark.parametrize("link", ["javascript:alert(1)", "//example.com", "ftp://example.com", "https://"])
def test_a_link_leads_to_a_web_page(pool, link):
    """Browsers follow it."""
    with pytest.raises(pool.cognito.exceptions.InvalidParameterException, match="cognito:default"):
        create(pool, Links={"cognito:default": link})


def test_pages_hold_every_document_once(pool):
    """Those of all clients of the pool."""
    made = [create(pool, name)["TermsId"] for name in ("terms-of-use", "privacy-policy")]
    client = pool.cognito.create_user_pool_client(UserPoolId=pool.pool_id, ClientName="b")["UserPoolClient"]
    made.append(create(pool, ClientId=client["ClientId"])["TermsId"])
    seen, asked = [], {"UserPoolId": pool.pool_id, "MaxResults": 1}
    while True:
        page = pool.cognito.list_terms(**asked)
        assert len(page["Terms"]) == 1
        seen += [one["TermsId"] for one in page["Terms"]]
        if "NextToken" not in page:
            break
        asked["NextToken"] = page["NextToken"]
    assert seen == sorted(made)


def test_a_pool_has_no_more_documents_than_its_quota():
    """One too many is LimitExceededException."""
    with serve(**{"quotas.terms_per_pool": "1"}) as server:
        cognito = sdk_client(server.url)
        key = {"UserPoolId": cognito.create_user_pool(PoolName="narrow")["UserPool"]["Id"]}
        client = cognito.create_user_pool_client(**key, ClientName="app")["UserPoolClient"]
        asked = {**key, "ClientId": client["ClientId"], **FIXED}
        cognito.create_terms(**asked, TermsName="terms-of-use")
        with pytest.raises(cognito.exceptions.LimitExceededException, match="more than 1 terms documents"):
            cognito.create_terms(**asked, TermsName="privacy-policy")
