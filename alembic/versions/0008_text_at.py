"""when the newest text of a running answer came

A page that is opened while an answer stalls says for how long it has.
"""

import sqlalchemy as sa

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Go one revision forward."""
    with op.batch_alter_table("generation") as table:
        table.add_column(sa.Column("text_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("generation") as table:
        table.drop_column("text_at")
