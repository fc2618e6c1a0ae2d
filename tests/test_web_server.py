"""The page's server, asked by those who should not: a plain HTTP client against a real process."""

from __future__ import annotations

import http.client
import json
import re
import socket
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import draw
from tests.serving import Served, served
from tests.test_contradictions import message

NO_STATEMENT = b"this is neither a PDF nor a picture"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served")) as running, running.kept():
        yield running


def put(server: Served, browser: dict[str, str], name: str = "a.pdf") -> str:
    answer = server.ask("POST", f"documents?name={name}", NO_STATEMENT, browser)
    assert answer.status == 200
    return str(json.loads(answer.body)["id"])


def test_the_page_comes_with_headers_that_let_nothing_else_in(server: Served) -> None:
    answer = server.ask("GET", "")
    assert answer.status == 200
    assert b"<title>prepdoc</title>" in answer.body
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert not re.findall(r"https?:", policy)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert f"path={server.path}".lower() in cookie


def test_the_server_listens_on_the_loopback_address_only(server: Served) -> None:
    port = int(server.host.partition(":")[2])
    assert server.host.startswith("127.0.0.1:")
    own = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in own - {"127.0.0.1"}:
        if address.startswith("127."):
            continue
        with pytest.raises(OSError, match=r"."):
            socket.create_connection((str(address), port), timeout=2)


@pytest.mark.parametrize(
    "below",
    ["/", "/x/", "//", "/%2e/", "", "/wrong-token/static/"],
)
def test_nothing_is_said_without_the_token(server: Served, below: str) -> None:
    answer = server.ask("GET", "", below=below or "/")
    assert answer.status == 403
    assert server.path.strip("/").encode() not in answer.body


def test_a_part_of_the_token_is_no_token(server: Served) -> None:
    for below in (server.path[:-2] + "/", server.path.rstrip("/"), server.path.upper()):
        assert server.ask("GET", "", below=below).status == 403


@pytest.mark.parametrize(
    ("headers", "what"),
    [
        ({"Host": "evil.example"}, "another host, as DNS rebinding sends it"),
        ({"Host": "localhost"}, "no port"),
        ({"Host": "127.0.0.1:1"}, "another port"),
        ({"Host": ""}, "no host"),
        ({"Origin": "http://evil.example"}, "another site"),
        ({"Origin": "null"}, "a sandboxed page"),
        ({"Origin": ""}, "none, where something is changed"),
        ({"Sec-Fetch-Site": "cross-site"}, "another site, as the browser says"),
        ({"Sec-Fetch-Site": "same-site"}, "another port of this machine"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_requests_of_others_are_refused(server: Served, headers: dict[str, str], what: str) -> None:
    browser = server.browser()
    answer = server.ask("POST", "documents", NO_STATEMENT, {**browser, **headers})
    assert answer.status in (400, 403), what
    assert b'"id"' not in answer.body


def test_one_browser_does_not_see_the_others_documents(server: Served) -> None:
    one, other = server.browser(), server.browser()
    id = put(server, one)
    for path, method in (
        ("", "DELETE"),
        ("/events", "GET"),
        ("/result", "GET"),
        ("/cancel", "POST"),
        ("/pages/1/before", "GET"),
        ("/reply/reply.txt", "GET"),
    ):
        body = b"" if method == "POST" else None
        for stranger in (other, {}, {"Cookie": "prepdoc=guess"}):
            assert server.ask(method, f"documents/{id}{path}", body, stranger).status == 404
    assert server.ask("DELETE", f"documents/{id}", headers=one).status == 204


@pytest.mark.parametrize(("language", "word"), [("ja", "求められているもの"), ("en", "It wants")])
def test_what_a_mail_asks_is_told_in_the_pages_language(
    server: Served, language: str, word: str
) -> None:
    browser = server.browser()
    id = put(server, browser)
    path = f"documents/{id}/letter?lang={language}"
    answer = server.ask("POST", path, bytes(message("e3")), browser)
    assert answer.status == 200
    assert word in json.loads(answer.body)["text"]


@pytest.mark.parametrize(
    ("language", "word"), [("ja", "文章がありません"), ("en", "holds no text")]
)
def test_what_is_refused_is_told_in_the_pages_language(
    server: Served, language: str, word: str
) -> None:
    browser = server.browser()
    path = f"documents/{put(server, browser)}/letter?lang={language}"
    answer = server.ask("POST", path, bytes(100), browser)
    assert answer.status == 422
    told = json.loads(answer.body)["refused"]
    assert word in told
    assert told.isascii() == (language == "en")


@pytest.mark.parametrize(
    "path",
    [
        "static/../routes.py",
        "static/%2e%2e/routes.py",
        "static/..%2froutes.py",
        "static/%2fetc/passwd",
        "static//etc/passwd",
        "static/....//routes.py",
        "documents/../../etc/passwd",
        "documents/x/reply/..%2f..%2fetc%2fpasswd",
    ],
)
def test_no_path_leads_out(server: Served, path: str) -> None:
    answer = server.ask("GET", path, headers=server.browser())
    assert answer.status in (403, 404)
    assert b"import" not in answer.body
    assert b"root:" not in answer.body


def test_a_name_is_no_path(server: Served, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing is written under the name that the browser gives."""
    browser = server.browser()
    for name in ("..%2f..%2fevil.pdf", "%2fetc%2fevil", "a%00b", "x" * 5000, "%E6%98%8E%E7%B4%B0"):
        put(server, browser, name)
    assert not list(tmp_path_factory.getbasetemp().rglob("*evil*"))


def test_too_large_a_file_is_refused_before_it_comes(server: Served) -> None:
    said = {**server.browser(), "Content-Length": str(600_000_000)}
    answer = server.ask("POST", "documents", None, said)
    assert answer.status == 413


def test_too_much_json_is_refused(server: Served) -> None:
    browser = server.browser()
    id = put(server, browser)
    answer = server.ask("POST", f"documents/{id}/prepare", b" " * 1_500_000, browser)
    assert answer.status == 413


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"null", b"{", b'{"name":1}', b"\xff\xfe", b'{"name":"a","evil":1}'],
    ids=["empty", "object", "list", "null", "cut", "number", "no UTF-8", "unknown"],
)
def test_what_the_page_does_not_send_is_refused(server: Served, body: bytes) -> None:
    browser = server.browser()
    id = put(server, browser)
    assert server.ask("POST", f"documents/{id}/prepare", body, browser).status == 400


def test_details_that_are_refused_are_not_quoted(server: Served) -> None:
    """Whatever was typed is a person's."""
    browser = server.browser()
    id = put(server, browser)
    secret = draw.pan("visa", 1)
    body = json.dumps({"name": "a", "address": "b", "phone": "c", "last_four": secret}).encode()
    answer = server.ask("POST", f"documents/{id}/prepare", body, browser)
    assert answer.status == 400
    assert secret.encode() not in answer.body


def test_fifty_at_once_are_all_answered(server: Served) -> None:
    browser = server.browser()
    with ThreadPoolExecutor(50) as pool:
        ids = list(pool.map(lambda _: put(server, browser), range(50)))
    assert len(set(ids)) == 50
    assert server.ask("GET", "", headers=browser).status == 200


def test_who_sends_slowly_does_not_keep_others_from_being_answered(server: Served) -> None:
    """As many as may send at once, each a byte, and then nothing."""
    browser = server.browser()
    slow = [http.client.HTTPConnection(server.host) for _ in range(4)]
    for connection in slow:
        connection.putrequest("POST", f"{server.path}documents")
        connection.putheader("Origin", f"http://{server.host}")
        connection.putheader("Content-Length", "1000")
        connection.putheader("Cookie", browser["Cookie"])
        connection.endheaders(b"x")
    assert server.ask("GET", "start", headers=browser).status == 200
    for connection in slow:
        connection.close()
    put(server, browser)


def test_an_error_page_tells_nothing(server: Served) -> None:
    for path in ("nowhere", "documents/none/events", "documents/none/pages/9/before"):
        answer = server.ask("GET", path, headers=server.browser())
        assert answer.status == 404
        assert len(answer.body) < 100


def test_temporary_files_are_for_the_owner_and_are_gone_afterwards(tmp_path: Path) -> None:
    """Also those of a run that was killed: the next one wipes them."""
    with served(tmp_path) as running:
        (own,) = (tmp_path / "tmp").iterdir()
        assert stat.S_IMODE(own.stat().st_mode) == 0o700
        (own / "left").write_bytes(b"x")
        running.process.kill()
        running.process.wait()
    assert (own / "left").exists()
    with served(tmp_path):
        (other,) = (tmp_path / "tmp").iterdir()
        assert other != own
    assert list((tmp_path / "tmp").iterdir()) == []


def test_the_server_says_nothing_but_its_address(tmp_path: Path) -> None:
    """Requests hold the token, and errors may hold what was read: none is logged."""
    with served(tmp_path) as running:
        browser = running.browser()
        put(running, browser)
        running.ask("GET", "nowhere", headers=browser)
        token = running.path.strip("/")
    said = (tmp_path / "said").read_text()
    assert token not in said
    assert "Traceback" not in said


def test_a_file_that_is_not_there_is_told_before_anything_starts(tmp_path: Path) -> None:
    with served(tmp_path, str(tmp_path / "none.pdf")) as running:
        assert running.process.wait(60) == 4
    assert "none.pdf" in (tmp_path / "said").read_text()
