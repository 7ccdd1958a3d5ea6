"""instructions and parameters of chats

What people set for the answers of a chat, or of all of theirs, and what of that an endpoint did not take.
"""

import sqlalchemy as sa

from alembic import op

revision = "0007"
down_revision = "0006"

TABLES = ("conversation", "user_account")


def upgrade() -> None:
    """Go one revision forward."""
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("instructions", sa.Text(), nullable=False, server_default=""))
            table.add_column(sa.Column("parameters", sa.JSON(), nullable=True))
    with op.batch_alter_table("generation") as table:
        table.add_column(sa.Column("left_out", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("generation") as table:
        table.drop_column("left_out")
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.drop_column("parameters")
            table.drop_column("instructions")
