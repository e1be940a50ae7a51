"""Sends an issue, a group of readers at a time; each has its e-mail in the commit in which it is counted."""

from intake.newsletter import decisions, store
from intake.newsletter.messages import newsletter
from intake.newsletter.model import IssueStatus
from shared.contracts.intake.newsletter import NewsletterGroupDue
from shared.events.handlers import Handlers
from shared.mail.outbox import post
from shared.tokens import new_token
from shared.work import UnitOfWork

on = Handlers()


@on(NewsletterGroupDue)
async def send_group(due: NewsletterGroupDue, work: UnitOfWork) -> None:
    issue = await store.lock_issue(work, due.issue_id)
    if issue is None or issue.status is not IssueStatus.SENDING:
        return
    group = await store.next_readers(work, issue, decisions.GROUP)
    for reader in group:
        token = new_token()
        store.add_link(work, reader.id, token, work.now)
        await post(work, newsletter(issue, reader, token))
    decision = decisions.send_group(issue, len(group), group[-1].id if group else None, work.now)
    await store.save_sent(work, work.record(decision))
