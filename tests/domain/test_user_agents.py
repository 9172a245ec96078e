"""What a list of sessions calls the devices of users."""

from time import thread_time

import pytest

from cognomen.domain.user_agents import LONGEST, device_type_of

MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
JS = "aws-sdk-js/3.1169.0 ua/2.1 os/{os} lang/js md/{md} api/cognito_identity_provider#3.1169.0"
CASES = {
    f"{MAC} Chrome/125.0.0.0 Safari/537.36": "Chrome 125 / macOS 10.15",
    f"{MAC} Chrome/125.0.0.0 Safari/537.36 Edg/125.0.2535.51": "Edge 125 / macOS 10.15",
    f"{MAC} Chrome/124.0.0.0 Safari/537.36 OPR/110.0.0.0": "Opera 110 / macOS 10.15",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1"
    " Safari/605.1.15": "Safari 17 / macOS 10.15",
    f"{WINDOWS} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36": "Chrome 125 / Windows 10",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:126.0) Gecko/20100101 Firefox/126.0": "Firefox 126 / Windows 10",
    "Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0": "Firefox 126 / Linux",
    f"{ANDROID} Chrome/125.0.6422.53 Mobile Safari/537.36": "Chrome 125 / Android 14",
    f"{ANDROID} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36": "Samsung Internet 25 / Android 14",
    f"{IPHONE} Version/17.4 Mobile/15E148 Safari/604.1": "Safari 17 / iOS 17.4",
    f"{IPHONE} CriOS/125.0.6422.51 Mobile/15E148 Safari/604.1": "Chrome 125 / iOS 17.4",
    f"{IPHONE} FxiOS/126.0 Mobile/15E148 Safari/605.1.15": "Firefox 126 / iOS 17.4",
    "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6"
    " Mobile/15E148 Safari/604.1": "Safari 16 / iOS 16.6",
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/125.0.0.0 Safari/537.36": "Chrome 125 / ChromeOS 14541",
    JS.format(os="macOS#15.0", md="browser#Chrome_125.0.0"): "Chrome 125 / macOS 15.0",
    JS.format(os="linux#6.1.0", md="nodejs#20.20.0"): "AWS SDK for JavaScript 3.1169 / Linux 6.1",
    "Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux#5.15.0-1 lang/python#3.11.7": "Boto3 1.44 / Linux 5.15",
    "Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/macos#24.1.0 lang/python#3.12.1": "Boto3 1.44 / macOS 24.1",
    "aws-cli/2.17.0 md/awscrt#0.20.11 ua/2.0 os/windows#10 lang/python#3.11.8": "AWS CLI 2.17 / Windows 10",
    "aws-sdk-java/2.30.1 md/io#sync ua/2.1 os/Linux#6.1.0 lang/java#21": "AWS SDK for Java 2.30 / Linux 6.1",
    "aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.24.1": "AWS SDK for Go 1.36 / Linux",
    "aws-sdk-iOS/2.33.4 iOS/17.4 en_US": "AWS SDK for iOS 2.33 / iOS 17.4",
    "curl/8.5.0": "unknown",
    "": "unknown",
    "\u00e9\u0000\n": "unknown",
}


@pytest.mark.parametrize(("user_agent", "shown"), CASES.items())
def test_a_device_is_an_app_on_a_system(user_agent: str, shown: str) -> None:
    """App and system with their versions, as far as the User-Agent tells them."""
    assert device_type_of(user_agent) == shown


def test_what_is_shown_has_an_end() -> None:
    """However long the header is, little of it is looked at and less is shown (the model allows 1,024 characters)."""
    assert device_type_of("x" * LONGEST + " Boto3/1.44") == "unknown"
    assert len(device_type_of(f"Chrome/{'9' * 5000} Android {'9' * 5000}")) <= LONGEST


@pytest.mark.parametrize("piece", ["a", " ", "Chrome/", "Version/1.", "os/", "CPU OS ", "Android ", "1.", "aws-sdk-"])
def test_no_header_costs_much(piece: str) -> None:
    """Nothing makes the patterns slow: a worst header is read in a few milliseconds."""
    begun = thread_time()  # CPU of this thread alone: servers of other tests run in this process
    device_type_of(piece * (LONGEST // len(piece)))
    assert thread_time() - begun < 0.1
