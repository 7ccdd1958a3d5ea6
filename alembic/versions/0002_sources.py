"""sources of an answer

What a model names beside its text: addresses and titles, shown as links under the answer.
"""

import sqlalchemy as sa

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Go one revision forward."""
    with op.batch_alter_table("generation") as table:
        table.add_column(sa.Column("sources", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("generation") as table:
        table.drop_column("sources")
