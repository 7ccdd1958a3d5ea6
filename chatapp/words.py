"""What people are told when something went wrong: the one catalogue of sentences.

Errors are raised, passed and stored as a reason with parameters. They become words where somebody reads them: on the
page, in the answer to a form, at the command line. A sentence names its parameters in braces, and behind a colon how a
number is written: as Python formats it, or `when`, in the unit that one would say it in.
"""

import math
from collections.abc import Mapping
from string import Formatter

from chatapp.errors import ChatappError, Parameter

SAID = " It says: {said}"
"""Follows the sentence of a reason with the parameter `said`: only the server itself knows why."""

ANYWHERE = {
    "error": "Something went wrong. Please try again.",
    "command": "{sentence}",
    "not_found": "This page does not exist, or it is not yours.",
    "not_signed_in": "You are signed out. Please sign in again.",
    "forbidden": "You are not allowed to do this.",
    "redis_away": "Live updates are interrupted. They come back by themselves.",
    "database_away": "The database cannot be reached just now. Nothing you typed is lost; try again in a moment.",
    "disk_full": "The server's disk is full. Nothing you typed is lost; try again when somebody has made room on it.",
    "page_out_of_date": "This page is out of date. Reload it and try again.",
    "argument_too_long": "This is too long: at most {limit:,} characters can be sent. Shorten it or send it in parts.",
}

ACCOUNTS = {
    "too_many_attempts": "Too many attempts. Please try again {retry_after_seconds:when}.",
    "wrong_login": "The username or the password is wrong.",
    "wrong_current_password": "The current password is wrong.",
    "password_changed_elsewhere": "The password was changed elsewhere. Please try again.",
    "password_changed_now": "The password was changed at this moment. Please try again.",
    "password_too_short": "A password must have at least {minimum} characters.",
    "password_too_long": "A password can have at most {maximum} bytes.",
    "password_common": "This password is one of the first that anybody would try. Please choose another.",
    "password_is_username": "The password must not be the same as the username.",
    "username_missing": "Please type a username.",
    "username_too_long": "A username can have at most {maximum} characters.",
    "username_characters": "A username is made of letters, digits and . _ - @ + only.",
    "username_taken": "This username is taken.",
    "signup_closed": "Sign-up is closed here. Ask whoever runs this chat for an account.",
    "signup_first_taken": "Somebody else has just made the first account. Please ask them for one.",
    "signup_collision": "Somebody else signed up at the same moment. Please try again.",
    "wrong_setup_code": "That setup code is wrong. chatapp prints it in its terminal or log when it starts.",
    "account_unknown": "There is no account of this name.",
    "login_unknown": "There is no such login session.",
    "handle_length": "A handle has {characters} characters: python -m chatapp sessions list",
    "handle_ambiguous": (
        "Two login sessions start with this handle. End all of that person's sessions instead: "
        "python -m chatapp sessions end-all NAME"
    ),
}

CONVERSATIONS = {
    "title_empty": "A title needs at least one character.",
    "question_empty": "There is nothing to send yet.",
    "question_too_long": (
        "This message is too long: {characters:,} characters, and at most {limit:,} can be sent. "
        "Shorten it or send it in parts."
    ),
    "question_not_sent": (
        "This message is too long: at most {limit:,} characters can be sent. Shorten it or send it in parts."
    ),
    "send_out_of_date": "This page is out of date. Reload it and send again.",
}

ANSWERS = {
    "busy": "An answer is still being written here. Stop it, or wait until it has ended.",
    "too_many_questions": (
        "You have asked for many answers in a short time. Please try again {retry_after_seconds:when}."
    ),
    "too_many_at_once": (
        "You have {limit} answers being written at once. Wait until one of them has ended, or stop one."
    ),
    "not_the_last_answer": "Only the last answer of a conversation can go on. Ask for another version instead.",
    "answer_is_complete": "This answer cannot be continued: it is complete, or it has no text yet.",
    "not_an_answer": "Only answers can be written again.",
    "no_question": "There is no question to answer.",
    "empty_answer": "The model gave an empty answer. Try again, or pick another model.",
    "crash_loop": "This answer could not be written in {attempts} tries. Change the question, or try again.",
    "answer_lost": "This answer was lost. Please try again.",
    "never_begun": "This answer was never begun. Please try again.",
    "fenced": "This answer is being written elsewhere.",
    "context_too_long": "This conversation is too long for the model. Start a new one.",
    "question_beyond_window": (
        "Your message is too long for this model. Shorten it, or pick a model with a larger window."
    ),
    "answer_beyond_window": "The question and this answer are too long for this model. Pick one with a larger window.",
}

MODELS = {
    "no_models": "No server has any models yet.",
    "nothing_to_pick": (
        "{problem} Where a server lists no models, set CHATAPP_DEFAULT_MODEL to the name of one, and start again."
    ),
    "no_model_chosen": "No model is chosen. Pick one.",
    "endpoint_gone": "The endpoint '{endpoint}' is not set up any more. Pick another model.",
    "model_not_offered": "The endpoint '{endpoint}' does not offer the model '{model}'. Pick another model.",
    "gave_way": "Something more urgent came first.",
    "unreachable": "The endpoint '{endpoint}' cannot be reached. Please try again in a moment.",
    "cannot_connect": "The endpoint '{endpoint}' could not be connected to within {seconds:g} s. Please try again.",
    "silent": "The endpoint '{endpoint}' has sent nothing for {seconds:g} s. Please try again.",
    "took_too_long": "The endpoint '{endpoint}' took too long. Please try again.",
    "answer_took_too_long": "The answer was cut off: it took longer than {seconds:g} s.",
    "broke_off": "The endpoint '{endpoint}' broke off in the middle of the answer. Please try again.",
    "gave_up": "The endpoint '{endpoint}' gave up in the middle of the answer ({finish_reason}). Please try again.",
    "unreadable": "The endpoint '{endpoint}' sent something that cannot be read. Please try again.",
    "piece_too_large": "The endpoint '{endpoint}' sent a piece of the answer that is too large to be taken.",
    "answer_too_long": "The answer was cut off: it is longer than {limit:,} characters.",
    "no_credit": "The endpoint '{endpoint}' has no credit left. Ask whoever runs this chat.",
    "moved": "The endpoint '{endpoint}' has moved to {address}. Ask whoever runs this chat to set that address.",
    "moved_nowhere": (
        "The endpoint '{endpoint}' sends requests on without saying where. "
        "Ask whoever runs this chat to check its address."
    ),
    "model_busy": "The model is busy; try again {retry_after_seconds:when}.",
    "key_refused": "The endpoint '{endpoint}' refuses the key. Ask whoever runs this chat to check it.",
    "key_missing": "The endpoint '{endpoint}' asks for a key. Ask whoever runs this chat to check it.",
    "request_refused": "The endpoint '{endpoint}' refuses this request.",
    "no_model_list": (
        "The endpoint '{endpoint}' has no list of models at {address}. "
        "Ask whoever runs this chat to check the address, or to name its models."
    ),
    "no_model_server": (
        "The endpoint '{endpoint}' does not answer as a model server at {address}. "
        "Ask whoever runs this chat to check the address."
    ),
    "endpoint_failed": (
        "The endpoint '{endpoint}' has a problem of its own. Please try again {retry_after_seconds:when}."
    ),
}

WORDS: Mapping[str, str] = {**ANYWHERE, **ACCOUNTS, **CONVERSATIONS, **ANSWERS, **MODELS}
"""Reason -> sentence."""


def words_of(error: ChatappError) -> str:
    """What a person is told of an error."""
    return say(error.reason, error.parameters)


def say(reason: str, parameters: Mapping[str, Parameter]) -> str:
    """The sentence of a reason. What a newer version has stored and this one cannot say is told in general."""
    try:
        sentence = _format.vformat(WORDS[reason], (), parameters)
    except (KeyError, ValueError, TypeError):
        return WORDS["error"]
    return sentence + (SAID.format(said=parameters["said"]) if parameters.get("said") else "")


class _Format(Formatter):
    """Python's own, and `when`: when to try again, of a number of seconds or of None."""

    def format_field(self, value: Parameter, format_spec: str) -> str:
        """One parameter as its format says."""
        return _when(value) if format_spec == "when" else str(format(value, format_spec))


def _when(seconds: Parameter) -> str:
    if not isinstance(seconds, int | float):
        return "in a moment"
    for unit, size, rounded in (("days", 86_400, round), ("hours", 3_600, round), ("minutes", 60, math.ceil)):
        if seconds >= 2 * size:
            return f"in {rounded(seconds / size)} {unit}"
    return f"in {max(1, math.ceil(seconds))} s"


_format = _Format()
