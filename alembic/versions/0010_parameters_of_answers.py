"""parameters of an answer

Those that were set when its question was sent, where that had to wait. Without any, those that are set as it begins.
"""

import sqlalchemy as sa

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Go one revision forward."""
    with op.batch_alter_table("generation") as table:
        table.add_column(sa.Column("parameters", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("generation") as table:
        table.drop_column("parameters")
