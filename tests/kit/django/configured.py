"""Django's settings, once in a process, as Django wants it: import this before anything of Django's."""

from typing import Any

import django
from django.conf import settings

APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "rest_framework",
    "cognomen_kit.django",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cognomen_kit.django.middleware.CognitoMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
BACKEND = "cognomen_kit.django.backend.CognitoBackend"
TEMPLATES: dict[str, Any] = {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}

settings.configure(
    SECRET_KEY="of-the-tests-alone",
    ALLOWED_HOSTS=["testserver"],
    INSTALLED_APPS=APPS,
    MIDDLEWARE=MIDDLEWARE,
    ROOT_URLCONF="kit.django.project",
    TEMPLATES=[TEMPLATES],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    LOGIN_URL="/account/sign-in",
)
django.setup()
