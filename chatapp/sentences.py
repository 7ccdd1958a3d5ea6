"""The sentences for errors, by their reasons: what went wrong, and what to do about it.

A sentence names its parameters in braces, and behind a colon how a number is written: as Python formats it, or `when`,
in the unit that one would say it in. `chatapp.words` says them, and is what others import.
"""

ANYWHERE = {
    "error": "Something went wrong. Try again.",
    "command": "{sentence}",
    "not_found": "This page doesn't exist, or you can't open it.",
    "not_signed_in": "You are signed out. Sign in again.",
    "forbidden": "You are not allowed to do this.",
    "redis_away": "Live updates are interrupted. They come back by themselves.",
    "database_away": "The database can't be reached. Nothing you typed is lost; try again in a moment.",
    "disk_full": "The server's disk is full. Nothing you typed is lost; try again once there is room on it.",
    "page_out_of_date": "This page is out of date. Reload it and try again.",
    "argument_too_long": "This is too long: at most {limit:,} characters can be sent. Shorten it or send it in parts.",
}

ACCOUNTS = {
    "too_many_attempts": "Too many attempts. Try again {retry_after_seconds:when}.",
    "wrong_login": "Wrong username or password.",
    "wrong_current_password": "Wrong current password.",
    "password_changed_elsewhere": "Your password was changed elsewhere. Try again.",
    "password_changed_now": "Your password was changed just now. Try again.",
    "password_too_short": "Use at least {minimum} characters.",
    "password_too_long": "This password is too long. Choose a shorter one.",
    "password_common": "This password is too common. Choose another.",
    "password_is_username": "Choose a password that is not the username.",
    "username_missing": "Enter a username.",
    "username_too_long": "Use at most {maximum} characters.",
    "username_characters": "Use only letters, digits and . _ - @ +",
    "username_taken": "This username is taken. Choose another.",
    "signup_closed": "Sign-up is closed. Ask your administrator for an account.",
    "signup_first_taken": "Someone else has just created the first account. Ask them for one.",
    "signup_collision": "Someone else signed up at the same moment. Try again.",
    "wrong_setup_code": "Wrong setup code. chatapp prints it in its terminal or log when it starts.",
    "account_unknown": "There is no account with this username.",
    "login_unknown": "There is no such login session.",
    "handle_length": "A handle has {characters} characters: python -m chatapp sessions list",
    "handle_ambiguous": (
        "Two login sessions start with this handle. End all of that person's sessions instead: "
        "python -m chatapp sessions end-all NAME"
    ),
}

CONVERSATIONS = {
    "title_empty": "Enter a title.",
    "question_empty": "There is nothing to send yet.",
    "question_too_long": (
        "This message is too long: {characters:,} characters, and at most {limit:,} can be sent. "
        "Shorten it or send it in parts."
    ),
    "question_not_sent": (
        "This message is too long: at most {limit:,} characters can be sent. Shorten it or send it in parts."
    ),
    "setting_out_of_range": "Use a number from {least:g} to {most:,g}, or leave it empty.",
    "stop_words_too_many": "Use at most {count} stop words of at most {characters} characters, one a line.",
    "question_not_rated": "Only answers can be rated.",
    "note_without_rating": "Rate the answer first, then say why.",
    "send_out_of_date": "This page is out of date. Reload it and send again.",
}

ANSWERS = {
    "busy": "Still answering. Stop it, or wait until it has ended.",
    "queue_full": "{limit} messages are waiting already. Wait until one has been sent, or remove one.",
    "queued_gone": "This message is not waiting any more.",
    "too_many_questions": "Too many messages at once. Try again {retry_after_seconds:when}.",
    "too_many_at_once": "{limit} of your messages are still being answered. Wait until one has ended, or stop one.",
    "not_the_last_answer": "Only the last answer of a chat can be continued. Regenerate this one instead.",
    "answer_is_complete": "This answer can't be continued: it is complete, or it has no text yet.",
    "not_an_answer": "Only answers can be regenerated.",
    "no_question": "There is no message to answer.",
    "empty_answer": "The model gave an empty answer. Try again, or choose another model.",
    "crash_loop": "This answer failed {attempts} times. Change your message, or try again.",
    "answer_lost": "This answer was lost. Try again.",
    "never_begun": "This answer was never started. Try again.",
    "fenced": "This answer is being written elsewhere.",
    "context_too_long": "This chat is too long for the model. Start a new chat.",
    "question_beyond_window": (
        "Your message is too long for this model. Shorten it, or choose a model with a larger context window."
    ),
    "answer_beyond_window": (
        "Your message and this answer are too long for this model. Choose one with a larger context window."
    ),
}

MODELS = {
    "no_models": "No model server has any models yet.",
    "nothing_to_pick": (
        "{problem} If your model server doesn't list its models, set CHATAPP_DEFAULT_MODEL to one of them and restart."
    ),
    "no_model_chosen": "Choose a model first.",
    "endpoint_gone": "The model server '{endpoint}' is not set up any more. Choose another model.",
    "model_not_offered": "The model server '{endpoint}' doesn't offer the model '{model}'. Choose another model.",
    "gave_way": "Something more urgent came first.",
    "server_away": "The model server '{endpoint}' can't be reached. Looking again ... your text is safe.",
    "server_away_at": (
        "The model server '{endpoint}' can't be reached at {address}. Looking again ... your text is safe."
    ),
    "unreachable": "The model server '{endpoint}' can't be reached. Try again in a moment.",
    "cannot_connect": "The model server '{endpoint}' could not be reached within {seconds:g} s. Try again.",
    "silent": "The model server '{endpoint}' has sent nothing for {seconds:g} s. Try again.",
    "took_too_long": "The model server '{endpoint}' took too long. Try again.",
    "answer_took_too_long": "The answer was cut off: it took longer than {seconds:g} s.",
    "broke_off": "The model server '{endpoint}' broke off in the middle of the answer. Try again.",
    "gave_up": "The model server '{endpoint}' gave up in the middle of the answer ({finish_reason}). Try again.",
    "unreadable": "The model server '{endpoint}' sent something that can't be read. Try again.",
    "piece_too_large": "The model server '{endpoint}' sent a piece of the answer that is too large.",
    "answer_too_long": "The answer was cut off: it is longer than {limit:,} characters.",
    "no_credit": "The model server '{endpoint}' has no credit left. Ask your administrator.",
    "moved": "The model server '{endpoint}' has moved to {address}. Ask your administrator to set that address.",
    "moved_nowhere": (
        "The model server '{endpoint}' redirects requests without saying where. "
        "Ask your administrator to check its address."
    ),
    "model_busy": "The model is busy. Try again {retry_after_seconds:when}.",
    "key_refused": "The model server '{endpoint}' refuses the API key. Ask your administrator to check it.",
    "key_missing": "The model server '{endpoint}' asks for an API key. Ask your administrator to set one.",
    "request_refused": "The model server '{endpoint}' refuses this request.",
    "no_model_list": (
        "The model server '{endpoint}' has no list of models at {address}. "
        "Ask your administrator to check the address, or to name its models."
    ),
    "no_model_server": (
        "The model server '{endpoint}' doesn't answer as one at {address}. Ask your administrator to check the address."
    ),
    "endpoint_failed": "The model server '{endpoint}' has a problem of its own. Try again {retry_after_seconds:when}.",
}

ADDRESSES = {
    "unknown_host": (
        "chatapp is not set up to be opened at {address}. To allow it, set CHATAPP_PUBLIC_URL={address} and restart "
        "chatapp. Until then, open it at the address that it prints when it starts."
    ),
    "unknown_host_beside": (
        "chatapp is not set up to be opened at {address}. Open it at the address in CHATAPP_PUBLIC_URL, or add this "
        "one to CHATAPP_ALLOWED_ORIGINS and restart chatapp."
    ),
    "no_host": "This request does not say which address it is for.",
    "foreign_page": (
        "chatapp was asked for {address}, but your browser shows another address. Have the proxy in between pass the "
        "Host header on, set CHATAPP_PUBLIC_URL to the address that your browser shows, and restart chatapp."
    ),
    "https_only": "chatapp is set up to be opened at {address}. Open it there, or change CHATAPP_PUBLIC_URL.",
    "no_uploads": "There are no uploads.",
}
