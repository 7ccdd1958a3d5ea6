"""What a browser shows of a request that is refused for its address: a page without anything, or words for a script."""

from html import escape

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response

from chatapp.words import REFUSED_HEADING

PAGE = """\
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{heading}</title>
<style>
  :root {{ color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif; overflow-wrap: anywhere; }}
  main {{ max-width: 36rem; margin: 20vh auto 0; padding: 0 1.5rem; }}
  h1 {{ font-size: 1.25rem; }}
</style>
<main>
<h1>{heading}</h1>
<p>{reason}</p>
</main>
</html>
"""

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


def refusal_response(reason: str, headers: Headers) -> Response:
    """The answer, status 403, to a request with these `headers`: a page for who opens one, JSON for all others."""
    if "text/html" in headers.get("accept", ""):
        page = PAGE.format(heading=escape(REFUSED_HEADING), reason=escape(reason))
        return HTMLResponse(page, status_code=403, headers=HEADERS)
    return JSONResponse({"refused": reason}, status_code=403, headers=HEADERS)
