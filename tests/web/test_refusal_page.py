"""A refused request is answered with a page for people and with JSON for scripts; neither runs what it repeats."""

import json

from starlette.datastructures import Headers

from chatapp.web.refusal_page import refusal_response


def test_who_opens_a_page_gets_one_that_says_why_and_runs_nothing() -> None:
    response = refusal_response("<b>No</b>", Headers({"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}))
    assert response.status_code == 403
    assert "&lt;b&gt;No&lt;/b&gt;" in bytes(response.body).decode()
    assert "default-src 'none'" in response.headers["content-security-policy"]


def test_a_script_gets_the_reason_alone() -> None:
    response = refusal_response("<b>No</b>", Headers({"accept": "*/*"}))
    assert response.status_code == 403
    assert json.loads(bytes(response.body)) == {"refused": "<b>No</b>"}
