"""What a document may fetch (nothing), what a rendering may use (little), and that it fails with a sentence."""

from __future__ import annotations

import base64
import io
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pikepdf
import pytest
import weasyprint
from hypothesis import given
from hypothesis import strategies as st

from wam_portal.confinement import Limits, refuse_outside
from wam_portal.pdf import (
    MAX_PICTURE_CHARS,
    FetchRefused,
    PdfSource,
    RenderError,
    closed_fetcher,
    render_here,
    render_pdf,
    resolve,
)

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
SECRET = "the content of a private file"

CHANNELS = {
    "img": '<img src="{url}" alt="x">',
    "svg image": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
    '<image href="{url}" width="9" height="9"/></svg>',
    "svg use": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><use href="{url}#a"/></svg>',
    "svg in data": '<img alt="x" src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22%3E'
    '%3Cimage href=%22{url}%22/%3E%3C/svg%3E">',
    "stylesheet link": '<link rel="stylesheet" href="{url}">',
    "import": '<style>@import "{url}";</style>',
    "font face": '<style>@font-face {{ font-family: F; src: url("{url}") }} b {{ font-family: F }}</style><b>b</b>',
    "background": '<div style="background: url({url})">b</div>',
    "list style": '<ul><li style="list-style-image: url({url})">l</li></ul>',
    "content": '<style>i::before {{ content: url("{url}") }}</style><i>c</i>',
    "object": '<object data="{url}" type="image/png"></object>',
    "embed": '<embed src="{url}" type="image/png">',
    "attachment link": '<link rel="attachment" href="{url}">',
    "attachment anchor": '<a rel="attachment" href="{url}">take it</a>',
    "border image": '<div style="border: 9px solid; border-image-source: url({url})">d</div>',
    "mask": '<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9" fill="url({url}#p)"/></svg>',
}


@dataclass
class Listener:
    """A web server that counts who comes."""

    port: int
    hits: list[str] = field(default_factory=list)


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A server on this machine that answers every path with a picture, and notes the path."""
    seen = Listener(0)

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.hits.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(PNG)

        def log_message(self, *_args: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Noting)
    seen.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield seen
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def private_file(tmp_path: Path) -> Path:
    """A file that no document may carry away."""
    path = tmp_path / "private.txt"
    path.write_text(SECRET)
    return path


def addresses(port: int, file: Path) -> list[str]:
    """Ways to name something outside the document."""
    return [
        f"http://127.0.0.1:{port}/http",
        f"HTTP://127.0.0.1:{port}/upper",
        f"https://127.0.0.1:{port}/https",
        f"//127.0.0.1:{port}/no-scheme",
        f"http://user:word@localhost:{port}/with-user",
        f"ftp://127.0.0.1:{port}/ftp",
        file.as_uri(),
        f"file://localhost{file}",
        f"FILE://{file}",
        f"asset:../../..{file}",
        str(file),
        "private.txt",
        f"data:text/css,@import url(http://127.0.0.1:{port}/from-data-css);",
        f"data:text/html;base64,{base64.b64encode(SECRET.encode()).decode()}",
        f"jar:http://127.0.0.1:{port}/jar!/x",
    ]


def page(body: str) -> str:
    """A whole document."""
    return f'<html lang="en"><head><title>T</title></head><body><p>Text</p>{body}</body></html>'


def carried(content: bytes) -> tuple[int, bytes]:
    """How many files a PDF carries, and all its streams unpacked."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        streams = [item.read_bytes() for item in pdf.objects if isinstance(item, pikepdf.Stream) and _readable(item)]
        return len(pdf.attachments), b"".join(streams)


def _readable(stream: pikepdf.Stream) -> bool:
    return stream.get("/Filter") not in {"/DCTDecode", "/JPXDecode"}


@pytest.mark.parametrize("channel", sorted(CHANNELS))
def test_no_channel_of_a_document_leads_outside(channel: str, listener: Listener, private_file: Path) -> None:
    body = "".join(CHANNELS[channel].format(url=url) for url in addresses(listener.port, private_file))
    files, streams = carried(render_here(PdfSource(html=page(body), identifier="a")).content)
    assert listener.hits == []
    assert files == 0
    assert SECRET.encode() not in streams


@pytest.mark.parametrize("option", ["stylesheets", "attachments", "xmp_metadata"])
def test_the_options_of_the_renderer_do_not_lead_outside_either(
    option: str, listener: Listener, private_file: Path
) -> None:
    # A bare path given as an option is the programmer's own choice of a file; addresses are what a document could give.
    for url in (url for url in addresses(listener.port, private_file) if ":" in url):
        document = weasyprint.HTML(string=page(""), url_fetcher=closed_fetcher({}))
        try:
            content = document.write_pdf(pdf_variant="pdf/ua-1", **{option: [url]})
        except (ValueError, OSError, weasyprint.urls.URLFetchingError):
            continue
        files, streams = carried(content)
        assert files == 0
        assert SECRET.encode() not in streams
    assert listener.hits == []


def test_the_default_fetcher_would_have_been_caught(listener: Listener, private_file: Path) -> None:
    body = "".join(
        channel.format(url=f"http://127.0.0.1:{listener.port}/{number}")
        for number, channel in enumerate(CHANNELS.values())
    )
    attached = CHANNELS["attachment link"].format(url=private_file.as_uri())
    files, streams = carried(weasyprint.HTML(string=page(body + attached)).write_pdf())
    assert len(set(listener.hits)) >= 12
    assert files >= 1
    assert SECRET.encode() in streams


def test_the_child_process_reaches_nothing_either(listener: Listener, private_file: Path) -> None:
    urls = addresses(listener.port, private_file)
    body = "".join(channel.format(url=url) for channel in CHANNELS.values() for url in urls)
    pdf = render_pdf(PdfSource(html=page(body), identifier="a"))
    files, streams = carried(pdf.content)
    assert listener.hits == []
    assert files == 0
    assert SECRET.encode() not in streams
    assert pdf.pages >= 1


def test_named_assets_and_small_pictures_are_what_a_document_may_use() -> None:
    picture = "data:image/png;base64," + base64.b64encode(PNG).decode()
    html = page(f'<link rel="stylesheet" href="asset:own.css"><img src="{picture}" alt="dot">')
    pdf = render_here(PdfSource(html=html, identifier="a", assets={"own.css": "@page { size: 100mm 50mm }"}))
    with pikepdf.open(io.BytesIO(pdf.content)) as file:
        assert float(file.pages[0].mediabox[3]) == pytest.approx(50 / 25.4 * 72, abs=0.1)
        assert any(item.get("/Subtype") == "/Image" for item in file.objects if isinstance(item, pikepdf.Stream))


@pytest.mark.parametrize(
    "url",
    [
        "asset:other.css",
        "asset:",
        "ASSET:own.css",
        "asset:own.css?x",
        "data:image/png;base64," + base64.b64encode(b"<svg/>").decode(),
        "data:image/png;base64,%%%",
        "data:image/png;base64," + base64.b64encode(PNG + b"\0" * MAX_PICTURE_CHARS).decode(),
        "data:image/svg+xml;base64," + base64.b64encode(PNG).decode(),
        "data:image/jpeg;base64," + base64.b64encode(PNG).decode(),
        "data:image/png," + "x",
    ],
)
def test_whatever_else_is_named_is_refused(url: str) -> None:
    with pytest.raises(FetchRefused):
        resolve(url, {"own.css": "p { color: red }"})


@given(st.text())
def test_no_text_resolves_unless_it_is_a_known_asset(url: str) -> None:
    if url == "asset:a":
        assert resolve(url, {"a": "x"})[1] == b"x"
    else:
        with pytest.raises(FetchRefused):
            resolve(url, {"a": "x"})


def test_a_fetcher_opens_nothing_behind_its_own_back(private_file: Path) -> None:
    fetcher = closed_fetcher({})
    with pytest.raises(FetchRefused):
        fetcher.open(private_file.as_uri())
    with pytest.raises(FetchRefused):
        fetcher(private_file.as_uri())


@pytest.mark.parametrize(
    ("html", "limits"),
    [
        (page("<p>slow</p>" * 60_000), Limits(wall=2)),
        (page("<p>long</p>" * 60_000), Limits(cpu=2)),
        (page("<table>" + "<tr><td>x</td></tr>" * 60_000 + "</table>"), Limits(memory=260 * 1024**2)),
    ],
    ids=["wall clock", "processor time", "memory"],
)
def test_a_document_that_takes_too_much_fails_with_a_sentence(html: str, limits: Limits) -> None:
    with pytest.raises(RenderError) as caught:
        render_pdf(PdfSource(html=html, identifier="a"), limits=limits)
    assert caught.value.message.startswith("The PDF could not be made")
    assert "slow" not in caught.value.message


def test_a_document_that_is_too_long_is_refused_before_anything_is_started() -> None:
    with pytest.raises(RenderError, match="too long"):
        render_pdf(PdfSource(html="x" * 9_000_000, identifier="a"))


def test_what_the_ticking_raises_stops_the_child_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Stopped(Exception):
        """Somebody asked to stop."""

    class Noted(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *args: object, **options: object) -> None:
            super().__init__(*args, **options)  # type: ignore[call-overload]
            started.append(self)

    monkeypatch.setattr("wam_portal.confinement.subprocess.Popen", Noted)

    def stop() -> None:
        raise Stopped

    with pytest.raises(Stopped):
        render_pdf(PdfSource(html=page("<p>slow</p>" * 60_000), identifier="a"), tick=stop)
    assert [child.returncode for child in started] == [-signal.SIGKILL]


def test_a_child_may_not_connect_look_up_names_or_start_programs() -> None:
    for event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system"):
        with pytest.raises(PermissionError, match=event):
            refuse_outside(event, ())
    refuse_outside("open", ("/etc/fonts/fonts.conf", "r", 0))


def test_the_child_does_not_inherit_the_portals_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    given_environment: dict[str, str] = {}

    class Refusing:
        def __init__(self, _command: list[str], **options: object) -> None:
            given_environment.update(options["env"])  # type: ignore[call-overload]
            raise OSError("enough seen")

    monkeypatch.setenv("SECRET_KEY", "s")
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@h/d")
    monkeypatch.setattr("wam_portal.confinement.subprocess.Popen", Refusing)
    with pytest.raises(OSError, match="enough seen"):
        render_pdf(PdfSource(html=page(""), identifier="a"))
    assert "PATH" in given_environment
    assert given_environment.keys().isdisjoint({"SECRET_KEY", "DATABASE_URL", "AUDIT_KEY", "DJANGO_SETTINGS_MODULE"})


def test_the_listener_of_these_tests_does_hear(listener: Listener) -> None:
    with socket.create_connection(("127.0.0.1", listener.port)) as connection:
        connection.sendall(b"GET /heard HTTP/1.0\r\n\r\n")
        connection.makefile("rb").read()
    assert listener.hits == ["/heard"]
