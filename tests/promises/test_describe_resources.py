"""What is kept beside a pool comes back as it was given: made up at random from what is accepted."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promises.test_describe import CHECKS, FLAGS, MESSAGES, SUBJECTS, WORDS, lacks, members, some
from refusals.service import Service
from served import serve

EXAMPLES = [20, pytest.param(500, marks=pytest.mark.nightly)]
VISIBLE = st.text("!#$%&'()*+,-.:;<=>?@AZaz09[]^_`{|}~", min_size=1, max_size=60)  # of identifiers, but / and \
TEXT = st.text("abc xyz ABC 019 é日😀 .,-", min_size=1, max_size=200)
PRINTABLE = st.text("abcxyzABC019é日😀.,-+", min_size=1, max_size=90)
TITLES = st.text("abc XYZ 09 +=,.@-_", min_size=1, max_size=100)
ROLE = st.sampled_from(["arn:aws:iam::123456789012:role/readers", "arn:aws:iam::123456789012:role/path/writers"])
ADDRESSES = st.sampled_from(["https://op.example.com", "https://op.example.com:8443/a/b?c=d", "https://é.example/x"])
BODIES = st.text("abc <p>{city} é日\n", min_size=6, max_size=200)
ARN = "arn:aws:{}:us-east-1:123456789012:{}"

POOL = {
    "PoolName": "described",
    "UserPoolTier": "PLUS",
    "UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"},
    "Schema": [{"Name": "tenant", "AttributeDataType": "String"}],
}
THINGS = ("clients", "resource_servers", "identity_providers", "brandings", "terms")
MANY = {f"quotas.{things}_per_pool": "10000" for things in THINGS}


@dataclass(frozen=True)
class World:
    """A pool of the highest tier to hang things on."""

    service: Service
    pool_id: str

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        answer = self.service.call(operation, {"UserPoolId": self.pool_id, **request})
        assert answer.status == 200, (operation, request, answer.document)
        return answer.document

    def pool(self) -> dict[str, Any]:
        """A new pool, as requests name it."""
        return {"UserPoolId": self.call("CreateUserPool", POOL)["UserPool"]["Id"]}

    def client(self) -> dict[str, Any]:
        """A new app client, as requests name it."""
        made = self.call("CreateUserPoolClient", {"ClientName": "app"})
        return {"ClientId": made["UserPoolClient"]["ClientId"]}


@dataclass(frozen=True)
class Resource:
    """How one kind of thing is made and described, and the members that say which one is meant.

    `names` makes what a request says beside what was made up: a name that nothing has yet, an app client of its own.
    """

    asked: st.SearchStrategy[dict[str, Any]]
    make: str
    describe: str
    key: tuple[str, ...] = ()
    names: Callable[[World], dict[str, Any]] = lambda _world: {}

    def made(self, world: World, asked: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """What was asked for in all, and how it is described."""
        request = {"UserPoolId": world.pool_id, **self.names(world), **asked}
        known = _content(world.call(self.make, request)) | request
        key = {name: known[name] for name in ("UserPoolId", *self.key)}
        return request, _content(world.call(self.describe, key))


def _content(document: dict[str, Any]) -> dict[str, Any]:
    """The one thing that an answer holds, or the answer itself."""
    found = list(document.values())
    return found[0] if len(found) == 1 and isinstance(found[0], dict) else document


def named(member: str, prefix: str = "") -> Callable[[World], dict[str, Any]]:
    """A name that nothing has yet."""
    return lambda _world: {member: f"{prefix}{uuid.uuid4().hex[:20]}"}


SECRETS = {"client_id": "app", "client_secret": "the-secret"}
MAPPINGS = st.dictionaries(
    st.sampled_from(["email", "name", "custom:tenant", "phone_number"]), st.text("abc:/.", min_size=1, max_size=32)
)
IDENTIFIERS = st.integers(0, 3).map(lambda count: [uuid.uuid4().hex for _ in range(count)])
OIDC = st.builds(
    lambda issuer, method, parts: {
        **SECRETS,
        "authorize_scopes": "openid email",
        "oidc_issuer": issuer,
        "attributes_request_method": method,
        **parts,
    },
    ADDRESSES,
    st.sampled_from(["GET", "POST"]),
    members(authorize_url=ADDRESSES, token_url=ADDRESSES, attributes_url=ADDRESSES, jwks_uri=ADDRESSES),
)
OPENID = st.builds(
    lambda details, more: {"ProviderType": "OIDC", "ProviderDetails": details, **more},
    OIDC,
    members(AttributeMapping=MAPPINGS, IdpIdentifiers=IDENTIFIERS),
)
GOOGLE = st.fixed_dictionaries(
    {
        "ProviderName": st.just("Google"),
        "ProviderType": st.just("Google"),
        "ProviderDetails": st.just({**SECRETS, "authorize_scopes": "profile email openid"}),
    },
    optional={"AttributeMapping": MAPPINGS},
)
SCOPES = st.lists(
    st.builds(lambda name, text: {"ScopeName": name, "ScopeDescription": text}, VISIBLE, TEXT),
    max_size=4,
    unique_by=lambda one: one["ScopeName"],
)
STRICTNESS = ["NO_ACTION", "MFA_IF_CONFIGURED", "MFA_REQUIRED", "BLOCK"]  # a higher risk cannot be met by less
LEVELS = st.lists(st.tuples(st.sampled_from(range(len(STRICTNESS))), FLAGS), min_size=3, max_size=3).map(
    lambda found: [{"EventAction": STRICTNESS[place], "Notify": notify} for place, notify in sorted(found)]
)
ACTIONS = st.builds(
    lambda levels, named: {name: levels[("LowAction", "MediumAction", "HighAction").index(name)] for name in named},
    LEVELS,
    some(["LowAction", "MediumAction", "HighAction"]),
)
NOTICE = st.builds(
    lambda subject, parts: {"Subject": subject, **parts}, SUBJECTS, members(HtmlBody=BODIES, TextBody=BODIES)
)
RISKS = members(
    CompromisedCredentialsRiskConfiguration=st.builds(
        lambda action, parts: {"Actions": {"EventAction": action}, **parts},
        st.just("NO_ACTION"),  # BLOCK needs a list of breached passwords: tests/api/idp/test_risk.py
        members(EventFilter=some(["SIGN_IN", "PASSWORD_CHANGE", "SIGN_UP"], 1)),
    ),
    AccountTakeoverRiskConfiguration=st.builds(
        lambda actions, notices: {
            "Actions": actions,
            "NotifyConfiguration": {"SourceArn": ARN.format("ses", "identity/id.example"), **notices},
        },
        ACTIONS,
        members(
            From=st.just("in@id.example"),
            ReplyTo=st.just("ask@id.example"),
            BlockEmail=NOTICE,
            NoActionEmail=NOTICE,
            MfaEmail=NOTICE,
        ),
    ),
    RiskExceptionConfiguration=members(
        BlockedIPRangeList=some(["192.0.2.0/24", "2001:db8::/32", "198.51.100.7/32"]),
        SkippedIPRangeList=some(["203.0.113.0/24", "2001:db8:1::/48"]),
    ).filter(bool),
)
GROUP_LOG = {"CloudWatchLogsConfiguration": {"LogGroupArn": ARN.format("logs", "log-group:cognito")}}
EVENT_LOGS = [
    GROUP_LOG,
    {"S3Configuration": {"BucketArn": "arn:aws:s3:::events"}},
    {"FirehoseConfiguration": {"StreamArn": ARN.format("firehose", "deliverystream/events")}},
]
DELIVERIES = st.lists(
    st.one_of(
        st.just({"EventSource": "userNotification", "LogLevel": "ERROR", **GROUP_LOG}),
        st.sampled_from(EVENT_LOGS).map(lambda to: {"EventSource": "userAuthEvents", "LogLevel": "INFO", **to}),
    ),
    max_size=2,
    unique_by=lambda one: one["EventSource"],
).map(lambda configurations: {"LogConfigurations": configurations})
FACTORS = st.fixed_dictionaries(
    {
        "MfaConfiguration": st.sampled_from(["OPTIONAL", "ON"]),  # OFF is refused beside factors
        "SoftwareTokenMfaConfiguration": st.just({"Enabled": True}),
    },
    optional={
        "SmsMfaConfiguration": MESSAGES.map(
            lambda text: {
                "SmsAuthenticationMessage": text,
                "SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::123456789012:role/texts", "ExternalId": "x"},
            }
        ),
        "WebAuthnConfiguration": members(
            RelyingPartyId=st.sampled_from(["id.example.com", "example.org"]),
            UserVerification=st.sampled_from(["required", "preferred"]),
        ).filter(bool),
    },
)
JSON = st.recursive(
    st.none() | FLAGS | st.integers(-(10**9), 10**9) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=12,
)
LANGUAGES = st.sampled_from(["cognito:english", "cognito:french", "cognito:german", "cognito:spanish"])
PAGES = st.sampled_from(["https://example.com/terms", "http://example.org/é?a=b#c"])
TERMS = st.builds(
    lambda name, default, links: {
        "TermsName": name,
        "TermsSource": "LINK",
        "Enforcement": "NONE",
        "Links": {**links, "cognito:default": default},
    },
    st.sampled_from(["terms-of-use", "privacy-policy"]),
    PAGES,
    st.dictionaries(LANGUAGES, PAGES, max_size=3),
)
STYLES = st.dictionaries(WORDS, JSON, min_size=1, max_size=4).map(lambda found: {"Settings": found})
USERS = st.dictionaries(
    st.sampled_from(["name", "nickname", "given_name", "website", "custom:tenant", "address"]),
    TEXT,
    min_size=1,
    max_size=5,
).map(lambda found: {"UserAttributes": [{"Name": name, "Value": value} for name, value in found.items()]})

RESOURCES: Mapping[str, Resource] = {
    "group": Resource(
        st.builds(
            lambda name, parts: {"GroupName": f"{name}{uuid.uuid4().hex}", **parts},
            PRINTABLE,
            members(Description=WORDS, RoleArn=ROLE, Precedence=st.integers(0, 2**31 - 1)),
        ),
        "CreateGroup",
        "GetGroup",
        ("GroupName",),
    ),
    "resource server": Resource(
        st.builds(
            lambda title, part, scopes: {"Name": title, "Identifier": f"{part}/{uuid.uuid4().hex}", **scopes},
            TITLES,
            VISIBLE,
            members(Scopes=SCOPES),
        ),
        "CreateResourceServer",
        "DescribeResourceServer",
        ("Identifier",),
    ),
    "OpenID provider": Resource(
        OPENID, "CreateIdentityProvider", "DescribeIdentityProvider", ("ProviderName",), named("ProviderName")
    ),
    "Google": Resource(
        GOOGLE, "CreateIdentityProvider", "DescribeIdentityProvider", ("ProviderName",), lambda world: world.pool()
    ),
    "risk configuration": Resource(
        RISKS, "SetRiskConfiguration", "DescribeRiskConfiguration", ("ClientId",), World.client
    ),
    "log delivery": Resource(DELIVERIES, "SetLogDeliveryConfiguration", "GetLogDeliveryConfiguration"),
    "second factors": Resource(FACTORS, "SetUserPoolMfaConfig", "GetUserPoolMfaConfig"),
    "style": Resource(
        STYLES,
        "CreateManagedLoginBranding",
        "DescribeManagedLoginBranding",
        ("ManagedLoginBrandingId",),
        World.client,
    ),
    "terms": Resource(TERMS, "CreateTerms", "DescribeTerms", ("TermsId",), World.client),
    "user": Resource(USERS, "AdminCreateUser", "AdminGetUser", ("Username",), named("Username")),
}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """A server where there may be many of everything."""
    with serve(**MANY) as server, Service(server.url) as service:
        made = service.call("CreateUserPool", POOL)
        yield World(service, made.document["UserPool"]["Id"])


@pytest.mark.parametrize("examples", EXAMPLES)
@pytest.mark.parametrize("name", RESOURCES)
def test_what_is_made_is_described(world: World, name: str, examples: int) -> None:
    """Every member that was accepted is described as it was given."""
    resource = RESOURCES[name]

    @settings(max_examples=examples, suppress_health_check=CHECKS)
    @given(asked=resource.asked)
    def comes_back(asked: dict[str, Any]) -> None:
        request, shown = map(_by_name, resource.made(world, asked))
        unshown = {"UserPoolId", "ClientId"} - shown.keys()  # some answers do not repeat whose it is
        assert lacks(shown, {key: value for key, value in request.items() if key not in unshown}) == []

    comes_back()


def _by_name(document: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of a user in place of the list of them: their order says nothing."""
    listed = document.get("UserAttributes")
    return {**document, **({"UserAttributes": {one["Name"]: one["Value"] for one in listed}} if listed else {})}
