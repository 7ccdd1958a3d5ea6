"""The sidebar's rows beyond its first page, a slot each page: what changes in one sends no other."""

import reflex as rx

from chatapp.ui.state.views import ConversationRow


class OlderRowsState(rx.State):
    """The last slot takes whatever the others leave, so that nothing is out of reach."""

    p0: list[ConversationRow] = []
    p1: list[ConversationRow] = []
    p2: list[ConversationRow] = []
    p3: list[ConversationRow] = []
    p4: list[ConversationRow] = []
    p5: list[ConversationRow] = []
    p6: list[ConversationRow] = []
    p7: list[ConversationRow] = []
    p8: list[ConversationRow] = []
    p9: list[ConversationRow] = []
    p10: list[ConversationRow] = []
    p11: list[ConversationRow] = []
    p12: list[ConversationRow] = []
    p13: list[ConversationRow] = []
    p14: list[ConversationRow] = []
    p15: list[ConversationRow] = []
    p16: list[ConversationRow] = []
    p17: list[ConversationRow] = []
    p18: list[ConversationRow] = []
    p19: list[ConversationRow] = []


SLOTS = tuple(f"p{number}" for number in range(20))
