"""The policy table as staff read it: every request × stage × profile × proof, walked through the real functions.

``python -m tests.unit.policy.table`` writes ``tests/policy-table.md`` anew; a test compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from intake.errors import NotAllowed, NotProved, Permanent
from intake.model import Case, CaseState, Decision, Effect, Proof, Role, Seeker, SeekerStatus, Stage
from intake.policy import Profile, choices_for, decide, decide_due, decide_proved, decide_staff_approval
from tests.unit.policy.situations import DAY, EVIDENCE, NOW, PROFILES, REQUESTS, STAGES, TODAY, case, seeker, situation

FILE = Path(__file__).parents[2] / "policy-table.md"

REQUEST_WORDS = {
    "withdrawal": "退会", "deletion": "個人情報削除", "pause": "サービス停止", "resume": "再開",
    "concierge_change": "担当変更", "preferences": "希望条件", "decline": "選考辞退",
    "reinstatement": "利用再開(退会後)",
    "retraction": "取り消し", "question": "質問", "other": "その他",
}  # fmt: skip
EVIDENCE_WORDS = {
    "unknown": "登録にないアドレス(認証なし)",
    "unknown_pass": "登録にないアドレス(認証済み)",
    "named": "登録にないアドレスで会員を名乗る",
    "several": "登録アドレスだが二人が該当",
    "failing": "登録アドレスだが認証に失敗(なりすましの疑い)",
    "file": "登録アドレス(認証なし) E0",
    "aligned": "登録アドレス(認証済み) E1",
    "app": "アプリ(ログイン済み) E2",
    "phone": "電話(本人確認なし) E0",
    "phone_checked": "電話(本人確認済み) E3",
}
STAGE_WORDS = {
    Stage.NONE: "紹介前", Stage.INTRODUCED: "求人紹介後", Stage.APPLIED: "応募済み", Stage.SCREENING: "書類選考中",
    Stage.INTERVIEW_FIXED: "面接日程確定", Stage.FINAL_PENDING: "最終選考結果待ち", Stage.OFFERED: "内定",
}  # fmt: skip
STATE_WORDS = {
    CaseState.REVIEW: "確認待ち", CaseState.AWAITING_PROOF: "本人確認待ち", CaseState.SCHEDULED: "予定",
    CaseState.DONE: "完了", CaseState.RETRACTED: "取り消し済み",
}  # fmt: skip
EFFECT_WORDS = {
    Effect.HOLD_OUTREACH: "ご紹介を止める", Effect.RELEASE_OUTREACH: "ご紹介の停止を解く", Effect.PAUSE: "停止にする",
    Effect.RESUME: "利用中にする", Effect.WITHDRAW: "退会にする", Effect.REINSTATE: "退会前に戻す",
    Effect.DROP_TARGETS: "前のご依頼を取り下げる",
}  # fmt: skip
TASK_WORDS = {
    "tell_employer": "企業へ連絡", "call": "電話する", "remind": "再開日に声をかける", "preferences": "条件を更新",
    "erase_document": "書類を消す",
}  # fmt: skip
OWN = "(自主応募)"
ASSIGN_WORDS = {"lead": "リーダー", "concierge": "担当", "privacy_officer": "個人情報管理者"}
CHOICE_WORDS = {"complete": "完了", "cancel": "キャンセル", "defer": "選考終了後に退会", "pause": "代わりに停止"}
ROLE_WORDS = {
    Role.REVIEWER: "確認者", Role.LEAD: "リーダー", Role.PRIVACY_OFFICER: "個人情報管理者", Role.ADMIN: "管理者",
    Role.AUDITOR: "監査",
}  # fmt: skip
PROFILE_WORDS = {"agency": "民間の紹介会社(agency)", "public-office": "公的窓口(public-office)"}

Cell = str
Walk = Sequence[tuple[str, Cell]]  # (where, what), in order


def outcome(d: Decision) -> Cell:
    """One decision as the cells of a line."""
    state = STATE_WORDS[d.state] + (f" `{d.hold_reason}`" if d.hold_reason else "")
    done = "、".join(EFFECT_WORDS[e] for e in d.effects) or "なし"
    mail = f"`{d.reply.template}`" + (" +リンク" if d.reply.link else "") if d.reply else f"なし({d.no_reply})"
    work = [TASK_WORDS[k] for k in dict.fromkeys(t.kind for t in d.tasks)]
    if d.assign:
        work.append(f"→{ASSIGN_WORDS[d.assign]}")
    return f"{state} | {done} | {mail} | {'、'.join(work) or 'なし'}"


def people() -> list[tuple[str, Seeker]]:
    """Every stage, made by the agency and self-made."""
    agency = [(STAGE_WORDS[s], seeker(s)) for s in STAGES]
    own = [(f"{STAGE_WORDS[s]}{OWN}", seeker(s, self_applied=True)) for s in STAGES[1:]]
    return agency + own


def gathered(walk: Walk) -> list[tuple[str, Cell]]:
    """Places with the same outcome in one line, in the order of their first."""
    by_cell: dict[Cell, list[str]] = {}
    for where, what in walk:
        by_cell.setdefault(what, []).append(where)
    if len(by_cell) == 1:
        return [("すべて", next(iter(by_cell)))]
    return [("、".join(_short(places)), cell) for cell, places in by_cell.items()]


def _short(places: Sequence[str]) -> list[str]:
    """A stage with and without 自主応募 is one; 「応募済み〜内定」 for neighbours."""
    stages = list(STAGE_WORDS.values())
    plain = [s for s in stages if s in places]
    own = [s for s in stages if f"{s}{OWN}" in places]
    if set(own) >= set(plain) - {stages[0]} and set(own) <= set(plain):
        return _ranges(plain, stages)
    return _ranges(plain, stages) + [f"{r}{OWN}" for r in _ranges(own, stages)]


def _ranges(names: Sequence[str], order: Sequence[str]) -> list[str]:
    out: list[list[str]] = []
    for name in names:
        if out and order.index(name) == order.index(out[-1][-1]) + 1:
            out[-1].append(name)
        else:
            out.append([name])
    return [run[0] if len(run) == 1 else f"{run[0]}〜{run[-1]}" for run in out]


def arrivals(profile: Profile) -> Iterable[str]:
    """A sure reading, by request, sender and stage."""
    yield "| ご依頼 | 差出人 | 選考の段階 | 案件 | すぐ行うこと | メール | 人の仕事 |"
    yield "|---|---|---|---|---|---|---|"
    for request in REQUESTS:
        by_walk: dict[tuple[tuple[str, Cell], ...], list[str]] = {}
        for evidence in EVIDENCE:
            walk = [(name, outcome(decide(_asked(request, evidence, who), profile))) for name, who in people()]
            by_walk.setdefault(tuple(gathered(walk)), []).append(EVIDENCE_WORDS[evidence])
        for lines, senders in by_walk.items():
            for stage, cell in lines:
                yield f"| {REQUEST_WORDS[request]} | {'<br>'.join(senders)} | {stage} | {cell} |"


def _asked(request: str, evidence: str, who: Seeker):  # type: ignore[no-untyped-def]
    if request == "retraction":
        return situation(request, evidence, who, open_cases=(case("withdrawal"),))
    if request == "resume":
        return situation(request, evidence, replace(who, status=SeekerStatus.PAUSED))
    if request == "reinstatement":
        return situation(request, evidence, replace(who, status=SeekerStatus.WITHDRAWN, withdrawn_on=TODAY - 3 * DAY))
    return situation(request, evidence, who)


def specials(profile: Profile) -> Iterable[str]:
    """What else decides: the reading, the register, time, other cases."""
    gone = seeker(status=SeekerStatus.WITHDRAWN, withdrawn_on=TODAY - 31 * DAY)
    fresh = replace(gone, withdrawn_on=TODAY - 30 * DAY)
    closed = (case(state=CaseState.DONE),)
    rows = [
        ("読み取りが確かでない", situation("withdrawal", sure=False)),
        ("相反するご依頼(停止と再開)", situation("pause", requests=("pause", "resume"))),
        ("求職者が未登録の導入直後", situation("withdrawal", "unknown_pass", seekers_known=False)),
        ("過去のメールの取り込み", situation("withdrawal", archive=True)),
        ("完了後のお礼だけ", situation("other", thanks_only=True, closed_cases=closed)),
        ("定型の回答がある質問", situation("question", "file", answer="how_to_leave")),
        ("同じ用件が7日以内に別の経路から", situation("withdrawal", "file", open_cases=(case(received_at=NOW),))),
        ("同じ用件の案件がなりすましの疑い", situation("withdrawal", open_cases=(_forged(),))),
        ("確認メールを待つ間にアプリから退会", situation("withdrawal", "app", open_cases=(case(),))),
        ("退会済みの方の退会", situation("withdrawal", who=fresh)),
        ("退会済みの方の個人情報削除", situation("deletion", who=fresh)),
        ("法的保全中の個人情報削除(アプリ)", situation("deletion", "app", seeker(legal_hold="係争中"))),
        ("退会から30日目の利用再開", situation("reinstatement", "file", fresh)),
        (
            "退会から31日目の利用再開(窓口登録)",
            situation("reinstatement", "file", replace(gone, registered_via="office")),
        ),
        ("退会から31日目の利用再開(オンライン登録)", situation("reinstatement", "file", gone)),
        (
            "退会から31日目の利用再開(登録の種類が不明)",
            situation("reinstatement", "file", replace(gone, registered_via="")),
        ),
        ("退会の受付中の再開", situation("resume", open_cases=(case("withdrawal"),))),
        ("取り消すご依頼がない", situation("retraction")),
        ("登録アドレスがない(電話)", situation("withdrawal", "phone", seeker(addresses=()))),
        ("苦情を含むその他", situation("other", complaint=True)),
    ]
    yield "| 場合 | 案件 | すぐ行うこと | メール | 人の仕事 |"
    yield "|---|---|---|---|---|"
    for name, s in rows:
        d = decide(s, profile)
        joined = "(受付中の案件に加える)" if d.joins and not d.closes_quietly else ""
        yield f"| {name}{joined} | {outcome(d)} |"


def _forged() -> Case:
    return case(state=CaseState.REVIEW, hold_reason="unverified")


def after_proof(profile: Profile) -> Iterable[str]:
    """What a button behind the link leads to (the same at staff's telephone check)."""
    yield "| ご依頼 | 押されたもの | 選考の段階 | 案件 | 行うこと | メール | 人の仕事 |"
    yield "|---|---|---|---|---|---|---|"
    for request in REQUESTS:
        for choice, label in CHOICE_WORDS.items():
            walk = [
                (name, outcome(_proved(request, choice, who, profile)))
                for name, who in people()
                if choice in choices_for(case(request), who)
            ]
            for stage, cell in gathered(walk) if walk else ():
                yield f"| {REQUEST_WORDS[request]} | {label} | {stage} | {cell} |"


def _proved(request: str, choice: str, who: Seeker, profile: Profile) -> Decision:
    if request == "reinstatement":
        who = replace(who, status=SeekerStatus.WITHDRAWN, withdrawn_on=TODAY - 3 * DAY)
    others = (case("withdrawal", id=8, message_id=8),) if request == "retraction" else ()
    results = [
        decide_proved(case(request), who, choice, proof, profile, NOW, TODAY, others=others)
        for proof in (Proof.E2, Proof.E3)
    ]
    assert results[0] == results[1]
    return results[0]


def approvals(profile: Profile) -> Iterable[str]:
    """Staff's 承認, by role, proof and stage."""
    yield "| ご依頼 | 本人の証拠 | 選考の段階 | 確認者 | リーダー | 個人情報管理者 | 管理者・監査 |"
    yield "|---|---|---|---|---|---|---|"
    for request in REQUESTS:
        by_lines: dict[tuple[tuple[str, Cell], ...], list[str]] = {}
        for proof in Proof:
            walk = [(name, _by_role(request, proof, who, profile)) for name, who in people()]
            by_lines.setdefault(tuple(gathered(walk)), []).append(f"E{int(proof)}")
        for lines, proofs in by_lines.items():
            for stage, cell in lines:
                yield f"| {REQUEST_WORDS[request]} | {'・'.join(proofs)} | {stage} | {cell} |"


def _by_role(request: str, proof: Proof, who: Seeker, profile: Profile) -> Cell:
    words = [_approved(request, proof, who, profile, role) for role in Role]
    by_role = dict(zip(Role, words, strict=True))
    assert by_role[Role.ADMIN] == by_role[Role.AUDITOR]
    return " | ".join(by_role[r] for r in (Role.REVIEWER, Role.LEAD, Role.PRIVACY_OFFICER, Role.ADMIN))


def _approved(request: str, proof: Proof, who: Seeker, profile: Profile, role: Role) -> str:
    hold = "unsure"
    if request == "reinstatement":
        who = replace(who, status=SeekerStatus.WITHDRAWN, withdrawn_on=TODAY - 3 * DAY)
    held = case(request, CaseState.REVIEW, proof=proof, hold_reason=hold)
    dropping = (case("withdrawal", id=8),) if request == "retraction" else None
    try:
        d = decide_staff_approval(held, who, profile, NOW, TODAY, role, dropping=dropping)
    except NotProved:
        return "不可(本人確認が先)"
    except NotAllowed as e:
        return "不可(権限なし)" if "承認" in str(e) else "理由が必要"
    except Permanent as e:
        return f"不可({e})"
    state = STATE_WORDS[d.state] + (f" `{d.hold_reason}`" if d.hold_reason else "")
    return f"{state}:{'、'.join(EFFECT_WORDS[e] for e in d.effects)}" if d.effects else state


def days(profile: Profile) -> Iterable[str]:
    """What falls due."""
    late, none = seeker(Stage.OFFERED), seeker()
    own = seeker(Stage.APPLIED, self_applied=True)
    gone = seeker(status=SeekerStatus.WITHDRAWN, withdrawn_on=TODAY - 9 * DAY)
    scheduled = CaseState.SCHEDULED

    def held(
        hold: str | None, request: str = "withdrawal", proof: Proof = Proof.E2, state: CaseState = scheduled
    ) -> Case:
        return case(request, state, hold_reason=hold, proof=proof, wake_on=TODAY)

    waiting = held(None, proof=Proof.E1, state=CaseState.AWAITING_PROOF)
    rows: list[tuple[str, Callable[[], Decision | None]]] = [
        ("リンクに返事がない(1回目)", lambda: decide_due(waiting, none, profile, NOW, TODAY)),
        ("リンクに返事がない(2回目)", lambda: decide_due(waiting, none, profile, NOW, TODAY, reminded=True)),
        ("選考終了後に退会:選考が続いている", lambda: decide_due(held("after_selection"), late, profile, NOW, TODAY)),
        ("選考終了後に退会:選考が終わった", lambda: decide_due(held("after_selection"), none, profile, NOW, TODAY)),
        ("自主応募の終了待ち:応募中", lambda: decide_due(held("self_application"), own, profile, NOW, TODAY)),
        ("自主応募の終了待ち:終わった", lambda: decide_due(held("self_application"), none, profile, NOW, TODAY)),
        ("自主応募の終了待ち:別の応募が内定", lambda: decide_due(held("self_application"), late, profile, NOW, TODAY)),
        ("削除までの期間が終わった", lambda: decide_due(held("cooling_off", "deletion"), gone, profile, NOW, TODAY)),
        (
            "削除までの期間が終わったが法的保全中",
            lambda: decide_due(
                held("cooling_off", "deletion"), replace(gone, legal_hold="係争中"), profile, NOW, TODAY
            ),
        ),
        (
            "企業への連絡が期日を過ぎた",
            lambda: decide_due(held("employer_informed", "decline"), none, profile, NOW, TODAY),
        ),
    ]
    yield "| 場合 | 案件 | 行うこと | メール | 人の仕事 |"
    yield "|---|---|---|---|---|"
    for name, run in rows:
        d = run()
        yield f"| {name} | {outcome(d) if d else 'なし | なし | なし | なし'} |"


SURE = (
    "読み取りが確かで、ほかの案件がない場合。"
    "再開は停止中の方、利用再開は退会3日後の方、取り消しは退会の受付中の方です。"
)
SECTIONS: tuple[tuple[str, str, Callable[[Profile], Iterable[str]]], ...] = (
    ("届いたとき", SURE, arrivals),
    ("届いたとき(そのほかの場合)", "断りがなければ、登録アドレス(認証済み)からの退会です。", specials),
    ("リンク先のボタン、電話での本人確認のあと", "リンクはE2、電話・窓口での確認はE3で、結果は同じです。", after_proof),
    ("職員の承認", "読み取りが確かでなかった案件の承認。本人の証拠がないものは進みません。", approvals),
    ("期日が来たとき", "返事がないことを理由に、退会や消去になることはありません。", days),
)


def render() -> str:
    """The whole page."""
    out = [
        "# 方針の表",
        "",
        "ご依頼が届いてから終わるまでに、何が自動で行われ、何が人に回るか。実際のプログラムを通して作っています。",
        "数字と段階は `rules/profiles/` にあります。書き直すには `python -m tests.unit.policy.table`。",
        "メールの名前は `templates/replies/` のフォルダです。",
    ]
    for name, profile in PROFILES.items():
        out += ["", f"## {PROFILE_WORDS[name]}"]
        for number, (title, note, walk) in enumerate(SECTIONS, 1):
            out += ["", f"### {number}. {title}", "", note, "", *walk(profile)]
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    FILE.write_text(render(), encoding="utf-8")
