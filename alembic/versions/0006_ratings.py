"""what readers think of answers

A thumb up or down, and a note that says why.
"""

import sqlalchemy as sa

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Go one revision forward."""
    with op.batch_alter_table("message") as table:
        table.add_column(sa.Column("rating", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("rating_note", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("message") as table:
        table.drop_column("rating_note")
        table.drop_column("rating")
