"""The finished parts of a long live answer, a slot each, so that none is sent or rendered twice."""

import reflex as rx


class SealedState(rx.State):
    """Each slot is written once. Twenty suffice for the longest answer, see live_text.

    `definitions` are those of links: once some of the text is sealed, each part is shown with all of them.
    """

    definitions: str = ""
    p0: str = ""
    p1: str = ""
    p2: str = ""
    p3: str = ""
    p4: str = ""
    p5: str = ""
    p6: str = ""
    p7: str = ""
    p8: str = ""
    p9: str = ""
    p10: str = ""
    p11: str = ""
    p12: str = ""
    p13: str = ""
    p14: str = ""
    p15: str = ""
    p16: str = ""
    p17: str = ""
    p18: str = ""
    p19: str = ""
