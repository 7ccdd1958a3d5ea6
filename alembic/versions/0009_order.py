"""pinned, archived and unread conversations

The list of a person is read in the order of its index: pinned ones first.
"""

import sqlalchemy as sa

from alembic import op

revision = "0009"
down_revision = "0008"

MARKS = ("is_pinned", "is_archived", "is_unread")


def upgrade() -> None:
    """Go one revision forward."""
    with op.batch_alter_table("conversation") as table:
        for mark in MARKS:
            table.add_column(sa.Column(mark, sa.Boolean(), nullable=False, server_default="0"))
        table.drop_index("ix_conversation_owner_updated")
        table.create_index("ix_conversation_owner_order", ["owner_id", "is_pinned", "updated_at"])


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("conversation") as table:
        table.drop_index("ix_conversation_owner_order")
        table.create_index("ix_conversation_owner_updated", ["owner_id", "updated_at"])
        for mark in MARKS:
            table.drop_column(mark)
