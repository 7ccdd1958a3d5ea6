"""What a model is given: the newest part of a conversation, in a form that every server takes."""

import pytest

from chatapp.demo_model.chat_request import CONTINUE_INSTRUCTION as KNOWN_TO_THE_DEMO_MODEL
from chatapp.errors import ProviderError
from chatapp.generations.context import CONTINUE_INSTRUCTION, Context, Turn, build
from chatapp.providers.base import ChatMessage
from chatapp.words import words_of

SYSTEM = ChatMessage("system", "Be kind.")
TEXT_OF_100_TOKENS = "word" * 100


def question(text: str) -> Turn:
    return Turn("user", text)


def answer(text: str) -> Turn:
    return Turn("assistant", text)


def fit(*turns: Turn, context_tokens: int = 10_000, continuing: str | None = None, correction: float = 1.0) -> Context:
    return build(
        turns,
        system_prompt=SYSTEM.content,
        context_tokens=context_tokens,
        reserve_tokens=100,
        correction=correction,
        continuing=continuing,
    )


def said(context: Context) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in context.messages if message.role != "system"]


def test_a_short_conversation_goes_whole_after_the_system_prompt() -> None:
    context = fit(question("a"), answer("b"), question("c"))
    assert context.messages[0] == SYSTEM
    assert said(context) == [("user", "a"), ("assistant", "b"), ("user", "c")]
    assert context.omitted_messages == 0


def test_without_a_system_prompt_none_is_sent() -> None:
    context = build([question("a")], system_prompt=" \n", context_tokens=1_000, reserve_tokens=100)
    assert context.messages == [ChatMessage("user", "a")]


def test_the_oldest_exchanges_leave_first_and_whole() -> None:
    turns = [question("1" + TEXT_OF_100_TOKENS), answer("2"), question("3" + TEXT_OF_100_TOKENS), answer("4")]
    context = fit(*turns, question("5"), context_tokens=300)
    assert [text[0] for _, text in said(context)] == ["3", "4", "5"]
    assert context.omitted_messages == 2


def test_what_is_kept_fits_into_the_window_less_the_reserve_and_begins_with_a_question() -> None:
    turns = [turn for n in range(50) for turn in (question(f"{n} " + "why " * n), answer("because " * (50 - n)))]
    for context_tokens in range(512, 4_000, 100):
        context = fit(*turns, question("last"), context_tokens=context_tokens)
        assert context.estimated_tokens <= context_tokens - 100
        assert said(context)[0][0] == "user"
        assert said(context)[-1] == ("user", "last")
        assert len(said(context)) + context.omitted_messages == len(turns) + 1


def test_an_exchange_that_does_not_fit_ends_the_history_even_if_older_ones_would_fit() -> None:
    turns = [question("old"), answer("short"), question(TEXT_OF_100_TOKENS * 9), answer("x")]
    assert said(fit(*turns, question("new"), context_tokens=500)) == [("user", "new")]


@pytest.mark.parametrize("unsent", ["", " \n"])
def test_a_question_that_got_no_answer_is_not_glued_to_the_next(unsent: str) -> None:
    context = fit(question("a"), answer("b"), question("c"), answer(unsent), question("d"))
    assert said(context) == [("user", "a"), ("assistant", "b"), ("user", "d")]
    assert context.omitted_messages == 0


def test_a_question_that_got_no_answer_is_sent_when_that_is_asked_for_again() -> None:
    assert said(fit(question("a"), answer(""), question("b"))) == [("user", "b")]
    assert said(fit(question("a"))) == [("user", "a")]


def test_the_part_of_an_answer_that_a_reader_sees_is_sent_however_it_ended() -> None:
    context = fit(question("a"), answer("half an answ"), question("b"))
    assert said(context) == [("user", "a"), ("assistant", "half an answ"), ("user", "b")]


def test_a_question_that_was_too_long_does_not_spoil_the_next_one() -> None:
    context = fit(question("a"), answer("b"), question(TEXT_OF_100_TOKENS * 100), answer(""), question("a short one"))
    assert said(context) == [("user", "a"), ("assistant", "b"), ("user", "a short one")]
    assert context.omitted_messages == 0


def test_roles_alternate_whatever_failed() -> None:
    turns = [question("a"), answer(""), question("b"), answer("c"), question("d"), answer(""), question("e")]
    assert said(fit(*turns)) == [("user", "b"), ("assistant", "c"), ("user", "e")]


def test_a_last_question_beyond_the_window_is_refused_in_words() -> None:
    with pytest.raises(ProviderError) as caught:
        fit(question("a"), answer("b"), question(TEXT_OF_100_TOKENS * 10), context_tokens=1_000)
    assert caught.value.code == "context_too_long"
    assert "too long for this model" in words_of(caught.value)


def test_a_small_window_keeps_at_least_half_for_the_question() -> None:
    context = build([question("word" * 200)], system_prompt="", context_tokens=512, reserve_tokens=4_096)
    assert context.estimated_tokens == 204


def test_going_on_sends_the_answer_so_far_and_the_request_that_the_demo_model_knows() -> None:
    context = fit(question("a"), continuing="So far")
    assert said(context) == [("user", "a"), ("assistant", "So far"), ("user", CONTINUE_INSTRUCTION)]
    assert CONTINUE_INSTRUCTION.startswith(KNOWN_TO_THE_DEMO_MODEL)


def test_of_an_answer_too_long_to_be_sent_back_the_end_is_sent() -> None:
    partial = "".join(f" {n}" for n in range(20_000))
    context = fit(question("a"), answer("b"), question("count"), continuing=partial)
    sent = said(context)[-2][1]
    assert partial.endswith(sent)
    assert len(sent) > 10_000
    assert context.estimated_tokens <= 9_900


def test_a_question_that_leaves_no_room_to_go_on_is_refused_in_words() -> None:
    with pytest.raises(ProviderError) as caught:
        fit(question("word" * 880), context_tokens=1_000, continuing="So far")
    assert caught.value.code == "context_too_long"


def test_the_correction_shrinks_or_widens_what_fits() -> None:
    turns = [turn for n in range(20) for turn in (question(TEXT_OF_100_TOKENS), answer("b"))]
    kept = [len(fit(*turns, question("c"), context_tokens=1_500, correction=of).messages) for of in (0.5, 1.0, 2.0)]
    assert kept == sorted(kept, reverse=True)
    assert len(set(kept)) == 3


def test_a_conversation_without_a_question_is_refused() -> None:
    with pytest.raises(ProviderError):
        fit(answer("b"))
