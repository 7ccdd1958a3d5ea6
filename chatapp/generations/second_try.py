"""What is asked instead, when a model has refused a request for a reason that another request can avoid.

Only before anything of the answer has come, and once for each reason; a person sees nothing of it but the answer.
"""

from chatapp.errors import ContextTooLong, SystemRoleRefused
from chatapp.generations import prompt
from chatapp.generations.context import Context, question_too_long
from chatapp.generations.lifecycle import Claim
from chatapp.log import get_logger
from chatapp.providers import registry, system_role
from chatapp.settings import Settings

log = get_logger(__name__)

Refusal = ContextTooLong | SystemRoleRefused


class SecondTry:
    """The second tries at one answer."""

    def __init__(self, claim: Claim, settings: Settings) -> None:
        self._claim = claim
        self._settings = settings
        self._tried: set[type[Refusal]] = set()

    async def instead_of(self, sent: Context, refused: Refusal) -> Context:
        """What to send instead of `sent`.

        Raises ProviderError when there is nothing else, Fenced, DatabaseUnavailable.
        """
        is_last = type(refused) in self._tried
        self._tried.add(type(refused))
        if isinstance(refused, SystemRoleRefused):
            return self._without_system_role(sent, refused, is_last=is_last)
        await prompt.learn(self._claim, sent, refused)
        if is_last:
            raise question_too_long() if sent.is_question_alone else refused
        return await self._less_than(sent)

    def _without_system_role(self, sent: Context, refused: Refusal, *, is_last: bool) -> Context:
        if is_last or not sent.has_system_role:
            raise refused
        system_role.remember(*registry.current().provider(self._claim.model))
        log.info("system_role_refused", model=self._claim.model)
        return sent

    async def _less_than(self, sent: Context) -> Context:
        less = await prompt.prepare(self._claim, self._settings)
        if less.estimated_tokens >= sent.estimated_tokens:
            raise question_too_long()
        log.info("asked_with_less", model=self._claim.model, omitted_messages=less.omitted_messages)
        return less
