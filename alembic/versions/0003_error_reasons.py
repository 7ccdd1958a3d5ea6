"""reason and parameters of an error

They become words where an answer is shown. The sentences of earlier errors stay where they are.
"""

import sqlalchemy as sa

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Go one revision forward."""
    with op.batch_alter_table("generation") as table:
        table.add_column(sa.Column("error_reason", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("error_parameters", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Go back to the revision before."""
    with op.batch_alter_table("generation") as table:
        table.drop_column("error_parameters")
        table.drop_column("error_reason")
