"""seconds to the first text of an answer

What a model thought before that is shown with the time it took.
"""

import sqlalchemy as sa

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Go one revision forward."""
    with op.batch_alter_table("generation") as table:
        table.add_column(sa.Column("seconds_to_text", sa.Float(), nullable=True))


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("generation") as table:
        table.drop_column("seconds_to_text")
