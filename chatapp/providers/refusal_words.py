"""What model servers call the things that go wrong: the same refusal has another code, or other words, at each of them.

Codes are compared as `error_bodies.squeezed` leaves them. Words count only where status and codes leave it open.
"""

import re

NO_CREDIT_CODES = frozenset(
    {
        "insufficientquota",
        "insufficientbalance",
        "insufficientcredits",
        "billinghardlimitreached",
        "billingerror",
        "arrearage",
    }
)
KEY_CODES = frozenset({"apikeyinvalid", "invalidapikey", "incorrectapikey"})
RATE_CODES = frozenset(
    {
        "rateexceeded",
        "ratelimit",
        "ratelimited",
        "ratelimiterror",
        "ratelimitexceeded",
        "ratelimitreachederror",
        "resourceexhausted",
        "throttling",
        "throttlingexception",
        "throttlingratequota",
        "toomanyrequests",
    }
)
MODEL_CODES = frozenset({"deploymentnotfound", "modelnotfound", "modelnotexist", "unknownmodel", "invalidmodel"})

STATUS_OF_CODE = {
    **dict.fromkeys(("authenticationerror", "unauthenticated", "unauthorized", "invalidauthentication"), 401),
    **dict.fromkeys(("permissionerror", "permissiondenied", "forbidden", "accessdenied"), 403),
    **dict.fromkeys(("notfounderror", "notfound"), 404),
    **dict.fromkeys(("badrequest", "badrequesterror", "contentfilter", "failedprecondition", "invalidargument"), 400),
    **dict.fromkeys(("invalidparameter", "invalidrequest", "invalidrequesterror", "validation"), 400),
    **dict.fromkeys(("validationerror", "datainspectionfailed"), 400),
}
"""For errors that come without a number."""

MINIMAX_STATUSES = {1002: 429, 1004: 401, 1008: 402, 1039: 429, 1041: 429, 2049: 401, 2056: 429}
"""MiniMax' own numbers, in `base_resp`; those of 1026 to 2013 that are not here are refused requests."""

CREDIT_WORDS = re.compile(
    r"insufficient (?:account )?(?:balance|credits?|quota|funds)|credit balance is too low|exceeded your current quota"
    r"|(?:no|out of|requires? more|purchase more|add more|not enough) credits?\b|key limit exceeded|余额不足|欠费",
    re.IGNORECASE,
)
KEY_WORDS = re.compile(
    r"(?:invalid|incorrect|wrong|missing|expired|revoked|unknown)"
    r" (?:api[ _-]?key|(?:access|auth|bearer|api) token|x-api-key)"
    r"|api[ _-]?key (?:is )?(?:not valid|not found|invalid|missing|expired|required)",
    re.IGNORECASE,
)
KEYLIKE_WORDS = re.compile(
    r"\bkeys?\b|api_?key|(?:access|auth|bearer|api|your) token|credential|authenti|authori[sz]|permission|access denied"
    r"|forbidden",
    re.IGNORECASE,
)
RATE_WORDS = re.compile(r"rate.?limit|per[ -](?:second|minute|min|hour|day)\b|\b[TR]P[MDS]\b|too many requests", re.I)
POLICY_WORDS = re.compile(
    r"polic|privacy|guardrail|moderation|flagged|no allowed providers|no endpoints found that", re.I
)
MODEL_WORDS = re.compile(
    r"\b(?:model|deployment)\b.{0,200}\b(?:not found|does(?: not|n't) exist|not exist|not available|is unavailable)\b"
    r"|\b(?:unknown|invalid|no such) model\b|not a valid model|no endpoints found for|unable to (?:find|load) model",
    re.IGNORECASE | re.DOTALL,
)
ADDRESS_WORDS = re.compile(
    r"unexpected endpoint|invalid url|no route|cannot (?:post|get) /|method not allowed|no static resource"
    r"|(?:unknown|unrecognized|invalid) (?:request )?(?:url|path|endpoint|route)",
    re.IGNORECASE,
)
NOT_FOUND_WORDS = re.compile(
    r"(?:page|file|path|route|url|resource|endpoint)\b.{0,80}\bnot found|^\W*(?:(?:404|error|not found|page)\W*)*$",
    re.IGNORECASE,
)
"""What web servers say of an address that they do not know; a model server names the model."""
