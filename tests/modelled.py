"""The service models as botocore reads them, and requests made from them: the tests' own view of the contract."""

from typing import Any

import botocore.session
import pytest

from cognomen.wire import identity, idp
from cognomen.wire._base import Operation

OPERATIONS: dict[str, dict[str, Operation]] = {
    "cognito-idp": idp.OPERATIONS,
    "cognito-identity": identity.OPERATIONS,
}
MODELS = {service: botocore.session.Session().get_service_model(service) for service in OPERATIONS}

every_operation = pytest.mark.parametrize(
    "operation",
    [pytest.param(row, id=row.name) for rows in OPERATIONS.values() for row in rows.values()],
)

# For each pattern of the model: texts it allows and texts it does not.
PATTERNS: dict[str, tuple[list[str], list[str]]] = {
    r"(?s).*": (["a\nb", "\u2028"], []),
    r"(arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?)?": (
        ["arn:aws:kms:us-east-1:123456789012:key/abc", ""],
        ["arn", "arn:aws:kms:us-east-1:12a:key"],
    ),
    r"(un)?authenticated": (["authenticated", "unauthenticated"], ["ununauthenticated", "Authenticated"]),
    r".*\{####\}.*": (["Code {####}", "{####}{####}."], ["{###}", "a\n{####}", "{####}\u2028", "{####}\x85"]),
    r"Level[1-4]": (["Level1", "Level4"], ["Level5", "level1", "Level11"]),
    r"[0-9]+": (["123456"], ["Aaaa", "", "\u0661\u0662"]),
    r"[A-Za-z0-9-_+/=.]+": (["aZ9-_+/=."], ["a b", "é"]),
    r"[A-Za-z0-9-_=.]+": (["aZ9-_=.", "eyJ.eyJ.sig"], ["a+b", "a:b"]),
    r"[A-Za-z0-9]+": (["abcdefgh12345678"], ["a-b"]),
    r"[\S]+": (["Correct-Horse-9", "é", "a\u00a0b"], ["a b", "", "a\n", "\x0b"]),
    r"[\p{L}\p{M}\p{S}\p{N}\p{P}\p{Z}]+": (["Google", "é è\u2003x"], ["a\tb", "a\x00", "", "\u200b"]),
    r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*": (["Hello *\n you", "", "日本 語"], ["a\u00a0b", "\x00"]),
    r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{####\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*": (
        ["Your code: {####}.", "{####}", "é {####}{####} ü"],
        ["{###}", "{####}\x00", "\x00{####}"],
    ),
    r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{##[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*##\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*": (
        ["Click {##here##}", "{####}", "{## {##a##} ##} b", "##}{##x##}"],
        ["{##", "##}{##", "{###}", "{##a##}\x00", "{##\x00##}"],
    ),
    r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]+": (["Hello\tyou"], ["", "\x07"]),
    r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+": (["Your code"], ["", "\u2003"]),
    r"[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+": (["custom:team", "é ö"], ["", "a\x0b", "\u00a0"]),
    r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+": (
        ["ann", "Ånn@exämple.com", "\U0001d49ce\u0301€", "日本"],
        ["a b", "", "a\u00a0", "\u200d", "\ue000"],
    ),
    r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+@[\p{L}\p{M}\p{S}\p{N}\p{P}]+": (
        ["a@b", "@@@", "é@ü", "a@b@c"],
        ["@a", "a@", "@@", "a", "a b@c"],
    ),
    r"[\w+-]+": (["a+b-c_d"], ["a.b"]),
    r"[\w+=/]+": (["Yb3Xy4c9m0YyHh6vQGQ4o2Qw8wB4yUo0Q9JvJm0lYxs="], ["a-b"]),
    r"[\w+]+": (["3n4b5urk1ft4fl3mg5e62d9ado"], ["a b", "a-b", "é", "a\n"]),
    r"[\w-]+:[0-9a-f-]+": (["us-east-1:0aef-1"], ["us-east-1", "us-east-1:G", ":a"]),
    r"[\w-]+_[0-9a-f-]+": (["us-east-1_0aef-1", "a_b_c"], ["us-east-1", "us-east-1_G"]),
    r"[\w-]+_[0-9a-zA-Z]+": (["us-east-1_aB3", "a_b_c"], ["us-east-1", "us-east-1_a-b", "_a", "us-east-1_é"]),
    r"[\w.;_/-]+": (["a.b;c/d"], ["a:b"]),
    r"[\w._-]+": (["login.my-app"], ["a/b"]),
    r"[\w._:/-]+": (["accounts.google.com:443/x"], ["a@b"]),
    r"[\w\s+=,.@-]+": (["My app, no. 1"], ["a/b", "", "a\u00a0b"]),
    r"[\w\s+=.@-]+": (["My app no. 1"], ["a,b"]),
    r"[\w]+": (["abc_1"], ["a-b"]),
    r"[\w_]+": (["abc_1"], ["a-b"]),
    r"[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]+": (["read.all!"], ['"', "a/b", "a\\b", "a b"]),
    r"[\x21\x23-\x5B\x5D-\x7E]+": (["https://api/read"], ['"', "a\\b", "a b", "é"]),
    r"[^_\p{Z}][\p{L}\p{M}\p{S}\p{N}\p{P}][^_\p{Z}]+": (
        ["Goo", "Gxé", "G_o\x00"],
        ["_oo", "Go", "Goo_", " oo", "Go\u2003"],
    ),
    r"\d+": (["123456789012"], ["12a", "\u0661"]),
    r"^(terms-of-use|privacy-policy)$": (["terms-of-use"], ["terms", "terms-of-use\n"]),
    r"^(tkn|sso)[a-z0-9]{25}$": (["tkn" + "a1" * 12 + "b"], ["tkn", "tkn" + "A" * 25]),
    r"^[0-9A-Za-z\.\-_]*(?<!\.)$": (["my.bucket"], ["my.bucket."]),
    r"^[0-9a-fA-F]+$": (["#00ff00"[1:]], ["#00ff00", "f\n"]),
    r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[4][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$": (
        ["0a1b2c3d-0a1b-4a1b-8a1b-0a1b2c3d4e5f"],
        ["00000000-0000-0000-0000-000000000000"],
    ),
    r"^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$": (["https://example.com/é"], ["a b"]),
    r"^[\w\- ]+$": (["my-id 1"], ["a.b"]),
    r"^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$": (["a", "my-domain"], ["-a", "a-", "A", "a" * 64]),
    r"^[a-zA-Z0-9_-]+$": (["My_Set-1"], ["a b"]),
    r"^cognito:(default|dutch|english|french|spanish|german|bahasa-indonesia|italian|japanese|korean"
    r"|portuguese-brazil|chinese-(simplified|traditional))$": (
        ["cognito:default", "cognito:chinese-simplified"],
        ["cognito:chinese", "default"],
    ),
    r"arn:[\w+=/,.@-]+:[\w+=/,.@-]+:([\w+=/,.@-]*)?:[0-9]+:[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?": (
        ["arn:aws:lambda:us-east-1:123456789012:function:f:1", "arn:aws:iam::123456789012:role/r"],
        ["arn:aws:iam::x:role/r", "", "arn:aws:a:b:1:c:d:e:f"],
    ),
    r"arn:[\w+=/,.@-]+:[\w+=/,.@-]+:::[\w+=/,.@-]+(:[\w+=/,.@-]+)?(:[\w+=/,.@-]+)?": (
        ["arn:aws:s3:::bucket"],
        ["arn:aws:s3::1:bucket"],
    ),
    r"import-[0-9a-zA-Z-]+": (["import-aB3-1"], ["import-", "imports-a"]),
}


def request_shape(operation: Operation) -> Any:
    """The shape of an operation's input."""
    return MODELS[operation.service].operation_model(operation.name).input_shape


def answer_shape(operation: Operation) -> Any:
    """The shape of an operation's output; None where it has none."""
    return MODELS[operation.service].operation_model(operation.name).output_shape


def raw(shape: Any) -> dict[str, Any]:
    """A shape as the model file has it."""
    return shape._shape_model


def full(shape: Any) -> Any:
    """A value of a shape with every member, as it stands in JSON, within all limits of the model."""
    kind, low = shape.type_name, raw(shape).get("min") or 0
    if raw(shape).get("document"):
        return {"any": ["JSON", 1, None]}
    if kind == "structure":
        return {name: full(member) for name, member in shape.members.items()}
    if kind == "list":
        return [full(shape.member)] * min(max(low, 1), raw(shape).get("max", 1))
    if kind == "map":
        return {full(shape.key): full(shape.value)}
    if kind == "string":
        return text_of(shape)
    return {"boolean": True, "timestamp": 1548099495.428, "blob": "aGk="}.get(kind, max(low, 1))


def text_of(shape: Any) -> str:
    """A string of a shape."""
    model = raw(shape)
    if model.get("enum"):
        return str(model["enum"][0])
    fitting = PATTERNS[model["pattern"]][0][0] if "pattern" in model else "x"
    return fitting if len(fitting) >= model.get("min", 0) else fitting + "x" * (model["min"] - len(fitting))
