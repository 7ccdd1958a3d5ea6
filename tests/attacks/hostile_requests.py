"""What no browser would ask: bytes that are no HTTP; requests, forms and handshakes with a part that is not right."""

import itertools
import random
from collections.abc import Iterator

from tests.attacks.strangers import HANDSHAKE

PATHS = (
    b"/",
    b"/login?next=%ff%00&next=//evil.example",
    b"/c/%00%0a%1b%5b31m",
    b"/c/" + b"x" * 8_000,
    b"/\xff\xfe",
    b"/%",
    b"//evil.example/..%2f..%2fetc/passwd",
    b"http://evil.example:99999/",
    b"evil.example:443",
    b"*",
    b"/?" + b"a=b&" * 2_000,
    b"/?%ff=%fe&\xff",
    b"/assets/../../x.js",
    b"/assets/%2e%2e/x",
    b"/auth/login",
    b"/auth/nowhere",
    b"/metrics",
    b"/health/ready/x",
    b"/ping",
    b"/_health",
    b"/_all_routes",
    b"/_upload",
    b"/_event",
    b"/_event/?EIO=4&transport=polling&token=x",
    b"/_event/?EIO=4&transport=polling&sid=" + b"x" * 5_000,
    b"/_event/?EIO=3&transport=x&j=x&b64=%ff",
)
METHODS = (
    b"GET",
    b"HEAD",
    b"POST",
    b"PUT",
    b"OPTIONS",
    b"TRACE",
    b"CONNECT",
    b"PROPFIND",
    b"get",
    b"G\xffT",
    b"X" * 500,
)
NAMES = (
    b"Host",
    b"Origin",
    b"Cookie",
    b"Content-Length",
    b"Transfer-Encoding",
    b"Content-Type",
    b"Connection",
    b"Upgrade",
    b"Expect",
    b"Range",
    b"If-Range",
    b"If-None-Match",
    b"If-Modified-Since",
    b"Accept",
    b"Accept-Encoding",
    b"Accept-Language",
    b"User-Agent",
    b"Referer",
    b"Authorization",
    b"X-Forwarded-For",
    b"X-Forwarded-Proto",
    b"Sec-Fetch-Site",
    b"Sec-WebSocket-Key",
    b"Sec-WebSocket-Version",
    b"Sec-WebSocket-Protocol",
    b"Sec-WebSocket-Extensions",
    b"Access-Control-Request-Method",
    b"Reflex-Client-Token",
    b"X-\xff",
    b"X Y",
)
VALUES = (
    b"",
    b"\xff\xfe\x80",
    b"\xc3\xa9",
    b"\x00\x01\x1b[31m",
    b"x" * 9_000,
    b"-1",
    b"9" * 400,
    b"0x10",
    b"1e9",
    b"100-continue",
    b"chunked, gzip",
    b"bytes=5-1,-0,a-b,0-0," + b"0-1," * 200,
    b'W/"\xff", *, "',
    b"Mon, 99 Foo 99999 99:99:99 GMT",
    b"=;=; chatapp_session=\xff; chatapp_session=" + b"x" * 3_000,
    b"__Host-chatapp_session=a.b; chatapp_notice=" + b"\xff" * 50,
    b"websocket, h2c",
    b"localhost:{port}@evil.example",
    b"[::1",
    b"permessage-deflate; client_max_window_bits=99, x=\xff",
    b"http://[",
)
FORMS = (
    (b"application/x-www-form-urlencoded", b"username=%ff%00&password=%"),
    (b"application/x-www-form-urlencoded", b"username=\xff\xfe&password=\x00&next=\xff"),
    (b"application/x-www-form-urlencoded", b"&=" * 3_000),
    (b"application/x-www-form-urlencoded", b"username=" + b"x" * 200_000),
    (b"application/x-www-form-urlencoded; charset=\xff", b"username=a&username=b&password=c"),
    (b"application/x-www-form-urlencoded", b"username=a%0d%0aSet-Cookie:x&password=%ed%a0%80&next=%0d%0aLocation:x"),
    (b"multipart/form-data", b"--x\r\n"),
    (b"multipart/form-data; boundary=", b"--\r\n"),
    (b"multipart/form-data; boundary=\xff", b"--\xff\r\n\r\n"),
    (b"multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n\xff\r\n--x--'),
    (
        b"multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="username"; filename="a"\r\n\r\nb\r\n--x--',
    ),
    (b"multipart/form-data; boundary=x", b"--x\r\n\r\n\r\n--x--"),
    (b"multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' * 1_500),
    (b"application/json", b'{"username":' + b"[" * 50_000),
    (b"text/plain", b"\xff" * 1_000),
    (b"\xff/\xff", b""),
    (b"", b"x"),
)
PLACES_OF_FORMS = (b"login", b"signup", b"logout", b"password")


def noise(seed: int) -> Iterator[bytes]:
    """Bytes that are no request, and beginnings of some."""
    rng = random.Random(seed)
    yield from (
        b"\x00",
        b"\r\n" * 500,
        b"\xff" * 70_000,
        b"GET",
        b"GET /\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b" " * 100,
    )
    yield from (
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + rng.randbytes(500),
    )
    yield from (rng.randbytes(rng.choice([1, 30, 3_000])) for _ in range(20))
    yield b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 20_000
    yield b"GET / HTTP/1.1\r\nHost: localhost\r\n folded: x\r\n\r\n"
    yield b"GET / HTTP/1.1\nHost: localhost\n\n"


def requests(port: int) -> Iterator[bytes]:
    """Requests with one thing in them that is not as it should be."""
    for method, path in itertools.product(METHODS, PATHS):
        yield _head(port, method, path) + b"\r\n"
    for path, name, value in itertools.product((b"/", b"/auth/login", b"/chat.css"), NAMES, VALUES):
        yield _head(port, b"GET", path) + name + b": " + value.replace(b"{port}", b"%d" % port) + b"\r\n\r\n"
    yield _head(port, b"GET", b"/") + b"Host: localhost\r\nOrigin: a\r\nOrigin: b\r\nCookie: a\r\nCookie: b\r\n\r\n"
    yield (_head(port, b"GET", b"/ping") + b"\r\n") * 50
    yield _head(port, b"GET", b"/ping").replace(b"Connection: close\r\n", b"") * 2 + b"\r\n"


def forms(port: int) -> Iterator[bytes]:
    """Forms of our own origin, whole, cut off, longer than they say, and in bad chunks."""
    for place, (kind, body) in itertools.product(PLACES_OF_FORMS, FORMS):
        head = _head(port, b"POST", b"/auth/" + place) + b"Origin: http://localhost:%d\r\n" % port
        head += b"Content-Type: " + kind + b"\r\n"
        for length in {len(body), len(body) + 10, max(0, len(body) - 5)}:
            yield head + b"Content-Length: %d\r\n\r\n" % length + body
        yield head + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body)
        yield head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"
        yield head + b"Transfer-Encoding: chunked\r\n\r\n-5\r\n" + body + b"\r\nzz\r\n"


def handshakes(port: int) -> Iterator[bytes]:
    """Handshakes of websockets that go wrong, or that go where there is none."""
    good = HANDSHAKE.format(port=port, token="x", cookie="a=b").encode()
    for path in (*PATHS, *(b"/_event/?" + query for query in QUERIES)):
        yield good.replace(b"/_event/?EIO=4&transport=websocket&token=x", path)
    for name, value in itertools.product(NAMES, VALUES):
        yield good[:-2] + name + b": " + value + b"\r\n\r\n"
    for line in good.split(b"\r\n")[1:-2]:
        yield good.replace(line + b"\r\n", b"")
        yield good.replace(line, line[:-3] + b"\xff")
        yield good.replace(line, line.partition(b":")[0] + b": " + b"x" * 10_000)
    yield good.replace(b"GET", b"POST")
    yield good.replace(b"HTTP/1.1", b"HTTP/1.0")
    yield good.replace(b"Version: 13", b"Version: 8")
    yield good.replace(b"Cookie: a=b", b"Cookie: chatapp_session=\xff\xfe; \x01")
    yield good[:-2] + b"Content-Length: 5\r\n\r\nhello"


QUERIES = (
    b"",
    b"token=x",
    b"EIO=4&transport=polling&token=x",
    b"EIO=3&transport=websocket&token=x",
    b"EIO=4&transport=websocket&token=%ff%fe%00",
    b"EIO=4&transport=websocket&token=x&token=y",
    b"EIO=4&transport=websocket&token=x&sid=unknown",
    b"EIO=4&transport=websocket&token=x&sid=" + b"x" * 5_000,
    b"EIO=4&transport=websocket&token=x&j=1",
    b"EIO=4&transport=websocket&token=x&j=x&b64=1&t=%0a",
    b"EIO=4&transport=websocket&token=" + b"x" * 5_000,
    b"EIO=4&EIO=5&transport=websocket&transport=polling&token=x",
    b"EIO=4&transport=websocket&token=x&" + b"a=b&" * 2_000,
)


def _head(port: int, method: bytes, path: bytes) -> bytes:
    return method + b" " + path + b" HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\n" % port
