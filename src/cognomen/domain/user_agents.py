"""What a list of sessions calls a device, ``Chrome 125 / macOS 15.0``: read from a User-Agent (reference 11)."""

import re
from collections.abc import Iterable

UNKNOWN = "unknown"
LONGEST = 1024  # characters that are looked at, and the most that an answer may hold

# The first that fits names the app: browsers that call themselves by others' names too come before those.
APPS = (
    (r"\bEdgA?(?:iOS)?/(\d+)", "Edge"),
    (r"\bOPR/(\d+)", "Opera"),
    (r"\bSamsungBrowser/(\d+)", "Samsung Internet"),
    (r"\b(?:Firefox|FxiOS)/(\d+)", "Firefox"),
    (r"\b(?:Chrome|CriOS)/(\d+)", "Chrome"),
    (r"\bmd/browser#Chrome_(\d+)", "Chrome"),
    (r"\bmd/browser#Firefox_(\d+)", "Firefox"),
    (r"\bmd/browser#Safari_(\d+)", "Safari"),
    (r"\bVersion/(\d+)[.\d]* (?:Mobile/\w+ )?Safari/", "Safari"),
    (r"\baws-cli/(\d+\.\d+)", "AWS CLI"),
    (r"\bBoto3/(\d+\.\d+)", "Boto3"),
    (r"\baws-sdk-js/(\d+\.\d+)", "AWS SDK for JavaScript"),
    (r"\baws-sdk-java/(\d+\.\d+)", "AWS SDK for Java"),
    (r"\baws-sdk-go(?:-v2)?/(\d+\.\d+)", "AWS SDK for Go"),
    (r"\baws-sdk-dotnet\S*?/(\d+\.\d+)", "AWS SDK for .NET"),
    (r"\baws-sdk-php/(\d+\.\d+)", "AWS SDK for PHP"),
    (r"\baws-sdk-ruby3?/(\d+\.\d+)", "AWS SDK for Ruby"),
    (r"\baws-sdk-rust/(\d+\.\d+)", "AWS SDK for Rust"),
    (r"\baws-sdk-kotlin/(\d+\.\d+)", "AWS SDK for Kotlin"),
    (r"\baws-sdk-swift/(\d+\.\d+)", "AWS SDK for Swift"),
    (r"\baws-sdk-android/(\d+\.\d+)", "AWS SDK for Android"),
    (r"\baws-sdk-iOS/(\d+\.\d+)", "AWS SDK for iOS"),
)
# Numbers of a version are joined by dots, and by underscores in browsers on macOS and iOS.
SYSTEMS = (
    (r"\b(?:iPhone OS |CPU OS |os/ios#|(?<!sdk-)iOS[/ ])(\d+(?:[._]\d+)?)", "iOS"),
    (r"\bAndroid[ /]?(\d+(?:\.\d+)?)", "Android"),
    (r"\bos/android#(\d+(?:\.\d+)?)", "Android"),
    (r"\bWindows NT (\d+)", "Windows"),
    (r"\bos/[Ww]indows(?:_NT)?#(\d+)", "Windows"),
    (r"\b(?:Mac OS X |os/mac(?:os|OS)#)(\d+(?:[._]\d+)?)", "macOS"),
    (r"\bCrOS \w+ (\d+)", "ChromeOS"),
    (r"\bos/[Ll]inux#(\d+\.\d+)", "Linux"),
    (r"\bLinux/(\d+\.\d+)", "Linux"),
    (r"\b[Ll]inux()\b", "Linux"),
)


def _compiled(table: Iterable[tuple[str, str]]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), name) for pattern, name in table)


_APPS, _SYSTEMS = _compiled(APPS), _compiled(SYSTEMS)


def device_type_of(user_agent: str) -> str:
    """App and system with their versions, as far as they are known; ``unknown`` where neither is."""
    head = user_agent[:LONGEST]
    return " / ".join(filter(None, (_named(_APPS, head), _named(_SYSTEMS, head)))) or UNKNOWN


def _named(table: Iterable[tuple[re.Pattern[str], str]], text: str) -> str:
    for pattern, name in table:
        found = pattern.search(text)
        if found:
            return f"{name} {found[1].replace('_', '.')}".rstrip()
    return ""
