"""The wire is what the published model says: nothing by hand, nothing out of date."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cognomen import errors
from cognomen.wire import identity, idp
from cognomen.wire._base import Access
from modelled import MODELS, OPERATIONS, answer_shape, every_operation, raw, request_shape

ROOT = Path(__file__).parents[2]
WIRE = ROOT / "src" / "cognomen" / "wire"

# Reference 01, "Unsigned operations".
UNSIGNED = {
    "cognito-idp": """
        AssociateSoftwareToken ChangePassword CompleteWebAuthnRegistration ConfirmDevice ConfirmForgotPassword
        ConfirmSignUp DeleteUser DeleteUserAttributes DeleteWebAuthnCredential ForgetDevice ForgotPassword GetDevice
        GetTokensFromRefreshToken GetUser GetUserAttributeVerificationCode GetUserAuthFactors GlobalSignOut
        InitiateAuth ListDevices ListUserSessions ListWebAuthnCredentials ResendConfirmationCode
        RespondToAuthChallenge RevokeToken RevokeUserSession SetUserMFAPreference SetUserSettings SignUp
        StartWebAuthnRegistration UpdateAuthEventFeedback UpdateDeviceStatus UpdateUserAttributes
        VerifySoftwareToken VerifyUserAttribute""",
    "cognito-identity": "GetCredentialsForIdentity GetId GetOpenIdToken UnlinkIdentity",
}
CLIENTS = """ConfirmForgotPassword ConfirmSignUp ForgotPassword GetTokensFromRefreshToken InitiateAuth
    ResendConfirmationCode RespondToAuthChallenge RevokeToken SignUp"""


def generator(*arguments):
    """The generator as it is run by hand, from the root of the repository."""
    command = [sys.executable, "tools/generate_wire.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_committed_files_are_a_fresh_generation():
    """Whoever edits a generated file by hand, or moves botocore without generating, is told."""
    ran = generator("--check")
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout


@pytest.mark.parametrize(
    ("name", "was", "is_now"),
    [
        ("idp.py", "min_length: str | None", "min_length: int | None"),
        ("identity.py", "class CreateIdentityPoolInput(", "class CreateIdentityPoolRequest("),
        ("limits.py", "Number(1, 60)", "Number(1, 61)"),
    ],
)
def test_a_changed_file_is_noticed_and_named(name, was, is_now, tmp_path):
    """The check exits with 1 and tells the file and its first difference."""
    for file in WIRE.glob("*.py"):
        shutil.copy(file, tmp_path)
    changed = tmp_path / name
    text = changed.read_text()
    changed.write_text(text.replace(was, is_now))
    ran = generator("--check", "--folder", str(tmp_path))
    assert was in text
    assert ran.returncode == 1
    assert ran.stdout.splitlines()[0].startswith(f"{changed}: ")
    assert is_now in ran.stdout


def test_another_botocore_is_refused():
    """The files come from one version of the model, so that two people generate the same."""
    program = "import botocore; botocore.__version__ = '1.44.6'; import generate_wire; generate_wire.generate()"
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT / "tools", capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert ran.stderr == "botocore 1.44.5 is needed, 1.44.6 is installed\n"


def test_every_modelled_operation_is_there():
    """141 operations of user pools and 23 of identity pools."""
    assert (len(idp.OPERATIONS), len(identity.OPERATIONS)) == (141, 23)
    for service, model in MODELS.items():
        assert set(OPERATIONS[service]) == set(model.operation_names)


@every_operation
def test_an_operation_is_what_the_model_says(operation):
    """Service, name, input, output and errors are the model's."""
    modelled = MODELS[operation.service].operation_model(operation.name)
    output = answer_shape(operation)
    assert operation.input.__name__ == request_shape(operation).name
    assert (operation.output and operation.output.__name__) == (output.name if output is not None else None)
    assert set(operation.errors) == {shape.name for shape in modelled.error_shapes}


@pytest.mark.parametrize("service", UNSIGNED)
def test_exactly_the_unsigned_operations_do_without_a_signature(service):
    """34 operations of user pools and 4 of identity pools are unsigned; two more may be."""
    signed = {Access.IAM, Access.IAM_OR_CLIENT}
    unsigned = {name for name, operation in OPERATIONS[service].items() if operation.access not in signed}
    assert unsigned == set(UNSIGNED[service].split())


def test_each_unsigned_operation_has_its_kind_of_caller():
    """What the model does not say about callers is said once, and completely."""
    by_access = {access: set() for access in Access}
    for operations in OPERATIONS.values():
        for operation in operations.values():
            by_access[operation.access].add(operation.name)
    assert by_access[Access.CLIENT] == set(CLIENTS.split())
    assert by_access[Access.TOKEN_OR_SESSION] == {"AssociateSoftwareToken", "VerifySoftwareToken"}
    assert by_access[Access.IAM_OR_CLIENT] == {"GetClientToken", "GetDerivedToken"}
    assert by_access[Access.FEEDBACK_TOKEN] == {"UpdateAuthEventFeedback"}
    assert by_access[Access.LOGINS] == set(UNSIGNED["cognito-identity"].split())
    assert len(by_access[Access.ACCESS_TOKEN]) == 34 - 9 - 2 - 1


@pytest.mark.parametrize("module", [idp, identity])
def test_every_modelled_error_has_its_class(module):
    """Each error that the model lists is a refusal with its wire name and the model's status."""
    service = {idp: "cognito-idp", identity: "cognito-identity"}[module]
    shapes = {
        shape.name: shape
        for name in MODELS[service].operation_names
        for shape in MODELS[service].operation_model(name).error_shapes
    }
    assert set(shapes) == module.MODELLED_ERRORS
    for name, shape in shapes.items():
        refusal = getattr(errors, name)
        assert issubclass(refusal, errors.Refusal)
        assert refusal.wire_name == name
        assert refusal.status == (500 if raw(shape).get("fault") else 400)
