"""The agency's IMAP mailboxes, with an alarm mail to staff when one stands still and another when it goes on."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from intake.bootstrap.house import House
from intake.channels.imap import Account, Mailbox, parse_accounts
from intake.config import words
from intake.ports import NewMail
from intake.replies import Letter, Part, Thread, compose, new_message_id
from intake.worker import utc_now


def mailboxes(house: House) -> list[Mailbox]:
    """One for each address of INTAKE_IMAP_URL. Raises SettingError naming what is wrong with it."""
    s = house.settings
    if not s.imap_url:
        return []
    accounts = parse_accounts(s.imap_url, s.imap_password_file or None)
    return [
        Mailbox(account, house.doors, old_mail=s.old_mail, clock=utc_now, notify=alarm_to_staff(house, account))
        for account in accounts
    ]


def words_for_staff(account: Account, what: str) -> str:
    """The alarm, or (``what`` is "") that all is well again."""
    name = f"{account.host} のメールボックス「{account.folder}」"
    if not what:
        return f"{name}からの受信を再開しました。止まっていたあいだに届いたメールも取り込んでいます。"
    return (
        f"{name}からメールを受信できない状態が続いています。新しいご連絡が案件になっていない可能性がありますので、\n"
        "急ぎのご連絡がないか、メールボックスを直接ご確認ください。復旧しましたら、あらためてお知らせします。\n\n"
        f"システム管理者の方へ: {what}"
    )


def alarm_to_staff(house: House, account: Account) -> Callable[[str], None]:
    """Queues one mail to each of INTAKE_STAFF_ADDRESSES; the words hold a folder's name and ages, nothing personal."""

    def tell(what: str) -> None:
        tools, now = house.tools(), utc_now()
        part = Part("other", "alarm", "", alarm_text=words_for_staff(account, what))
        letter = Letter(None, (part,), neutral=False, agency=tools.agency)
        with house.store.write() as tx:
            for address in words(house.settings.staff_addresses):
                unique = secrets.token_hex(10)
                mail = compose(
                    tools.templates,
                    letter,
                    to=address,
                    from_=tools.mail_from,
                    now=now,
                    message_id=new_message_id(tools.keyring, tools.mail_from.rpartition("@")[2], unique),
                    mail_from="",
                    thread=Thread(),
                )
                tx.outbox.add(NewMail(mail, (), now, automatic=False), now)

    return tell
