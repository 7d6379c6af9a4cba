"""A mistake in each guard and branch of ladder, facts, extensions, legal clocks and emergencies, and who sees it.

Function, what it says, what it would say, the test that fails then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hub.aggregates.dispute import facts, handover, ladder, oversight, state, turn, work
from hub.policy.pack import Pack
from tests.custody import test_facts_move_nothing as fact
from tests.custody import test_the_ladder_in_the_machine as climb
from tests.custody.rules_walk import look
from tests.policy import test_legal_clocks_are_told_apart as apart
from tests.policy.test_a_clock_keeps_the_pack_of_its_first_day import TestInTheMachine as Clock

ENOUGH = 400  # histories within which a mistake shows


def walked() -> None:
    """The checks along histories."""
    failed = look(ENOUGH)[1]
    assert not failed, failed


def nobody_else(name: str) -> Callable[[], None]:
    return lambda: fact.test_nobody_else_does(fact.begun(), name)


def not_closed(name: str) -> Callable[[], None]:
    return lambda: fact.test_not_on_a_closed_dispute(fact.begun(), name)


def with_hub(test: Callable[..., None]) -> Callable[[], None]:
    return lambda: test(fact.begun())


MOVE, CLOCK = fact.TestLimitsThatMove(), Clock()
SENDER = with_hub(fact.test_a_senders_step_is_the_senders_wherever_the_dispute_is)
VISIT, VOID, STEPS = (
    with_hub(fact.test_a_visit_follows_the_closing_too), with_hub(fact.test_no_visit_to_a_void_one),
    with_hub(fact.test_steps_follow_each_other),
)  # fmt: skip
CONSENT, STRANGER = with_hub(MOVE.test_more_time_with_consent_only), with_hub(MOVE.test_a_stranger_learns_nothing)
PROGRESS, DAYS = with_hub(MOVE.test_progress_by_a_superior_only), with_hub(MOVE.test_an_extension_is_of_1_to_365_days)

LONGER, ANY, WARNED = apart.TestItIsExtended(), apart.TestAnyLimit(), apart.TestItIsWarnedOf()
SUMMARY = apart.test_where_nobody_signed_by_those_until_the_acceptance

Mistake = tuple[Any, str, str, Callable[[], None]]
MISTAKES: tuple[Mistake, ...] = (
    # which session counts
    (ladder.session, "not body.result or scheme", "scheme",
        climb.test_a_session_of_the_first_version_counts_as_its_author_says),
    (ladder.session, "(body.why_not if body.why_not in CLAIMS else \"\")", '""',
        climb.test_what_does_not_count_says_why),
    (ladder.session, "turn.state.rung.last_at or None", "None",
        climb.test_sessions_less_than_a_day_apart_count_once),
    (ladder.session, "(False, why)", '(False, "")', climb.test_what_does_not_count_says_why),
    (ladder._organ, " or BESIDE", "", climb.test_another_organs_session_uses_up_nobodys_tries),
    (ladder._organ, " or BESIDE", "", walked),
    # passing on
    (ladder.may_pass_on, "standing.state in (SUSPENDED, OFF)", "False", climb.test_a_suspended_one_may_be_escalated),
    (ladder.may_pass_on, "standing.state != CLIMBING or not here", "not here",
        climb.test_a_terminated_dispute_is_not_escalated_but_may_be_passed_on),
    (ladder.may_pass_on, "or not here or", "or",
        climb.test_what_stands_beside_passes_it_to_any_level_but_escalates_nothing_early),
    (ladder.may_pass_on, "level not in above(scheme, standing)", "False", climb.test_beside_the_ladder_it_may_go),
    (ladder.may_pass_on, "body.kind != w.ESCALATION or", "", climb.test_a_delegation_may_go_anywhere),
    (ladder.may_pass_on, "level == standing.level and not here", "False",
        climb.test_what_stands_beside_passes_it_to_any_level_but_escalates_nothing_early),
    (ladder.may_pass_on, "level == standing.level and not here", "level == standing.level",
        climb.test_no_escalation_to_another_organ_of_the_level),
    (ladder.may_pass_on, "escalate(scheme, standing, level)", "pass",
        climb.test_nobody_passes_it_up_early_or_past_a_level),
    (ladder.may_pass_on, "escalate(scheme, standing, level)", "pass", walked),
    (ladder.may_come_back, "referral.kind != w.ESCALATION or", "",
        climb.test_a_transfer_is_returned_for_any_reason_and_the_ladder_does_not_hear_of_it),
    (ladder.may_come_back, "not allowed", "False",
        climb.test_an_escalation_comes_back_once_and_never_for_being_too_hard),
    (ladder.may_come_back, "int(standing.returned)", "0", climb.test_a_second_return_of_the_escalation_is_refused),
    # closing
    (ladder.may_close, "not body.rights_notice", "False",
        climb.test_four_levels_with_two_sessions_each_and_then_the_exits),
    (ladder.may_close, "(EXHAUSTED, TERMINATED)", "(TERMINATED,)",
        climb.test_four_levels_with_two_sessions_each_and_then_the_exits),
    (ladder.may_close, "(EXHAUSTED, TERMINATED)", "(EXHAUSTED,)", walked),
    # what the custodian says of it
    (ladder.act, "turn.need_open()", "pass", climb.test_only_the_custodian_of_an_open_dispute),
    (ladder.act, "turn.need_custodian()", "pass", climb.test_only_the_custodian_of_an_open_dispute),
    (ladder.act, "standing is None or scheme is None", "scheme is None",
        climb.test_a_courts_delegation_is_on_no_ladder),
    (ladder.act, "(body.exemption, body.reason, body.approver)", '("", "", None)',
        climb.test_an_exemption_names_reason_and_who_approved_it),
    (ladder.act, "(body.exemption, body.reason, body.approver)", '("", "", None)', walked),
    (ladder._what, "body.approver not in turn.registry.above(turn.author)", "False",
        climb.test_an_exemption_names_reason_and_who_approved_it),
    (ladder._what, "body.consent", "True", climb.test_the_parties_may_end_it_at_any_time),
    # what happened besides
    (ladder.follow, "turn.state.status != w.OPEN", "False", climb.test_a_closed_dispute_stays_where_it_stood),
    (ladder.follow, " and turn.state.standing is None", "",
        climb.test_a_dispute_keeps_the_scheme_it_began_under),
    (ladder.scheme_of, "rules.scheme(state.standing.scheme) if state.standing is not None else", "",
        climb.test_a_dispute_keeps_the_scheme_it_began_under),
    (ladder._happening, "body.at if body.counted else None", "None",
        climb.test_sessions_less_than_a_day_apart_count_once),
    (ladder._happening, "body.at if body.counted else None", "None", walked),
    (ladder._happening, "isinstance(body, e.AgreementReached)", "False", climb.test_an_agreement_ends_it),
    (ladder._happening, "alarming(scheme, body.ordinal, False)", "False", climb.test_red_stops_it_and_it_climbs_on),
    (ladder._happening, "referral.kind == w.ESCALATION", "True",
        climb.test_a_transfer_is_returned_for_any_reason_and_the_ladder_does_not_hear_of_it),
    (ladder._happening, "isinstance(body, e.Returned)", "False",
        climb.test_an_escalation_comes_back_once_and_never_for_being_too_hard),
    (ladder._happening, "moved and not _entrusted(turn)", "moved",
        climb.test_while_a_court_has_entrusted_it_the_ladder_stands_still),
    (ladder._entered, "agency is None or _entrusted(turn)", "agency is None",
        climb.test_a_courts_delegation_is_on_no_ladder),
    (ladder.step, "new is old and last == (held.last_at or None)", "False", walked),
    (ladder.step, "new is old and last == (held.last_at or None)", "new is old and at is None", walked),
    (ladder.step, "(old.level, old.branch) != (new.level, new.branch)", "True", walked),
    (ladder.step, "at or held.last_at or None", "at or None", walked),
    (ladder.step, "starts and new.state == CLIMBING", "starts", walked),
    (ladder.step, "dated=limit is not None", "dated=False", walked),
    (ladder.step, "turn.on(turn.state.custodian).region", '""', walked),
    # facts
    (facts.inform, "turn.need_open()", "pass", not_closed("inform")),
    (facts.inform, "turn.need_custodian()", "pass", nobody_else("inform")),
    (facts.particulars, "turn.need_open()", "pass", not_closed("particulars")),
    (facts.particulars, "turn.need_custodian()", "pass", nobody_else("particulars")),
    (facts.visit, "turn.state.status == w.VOID", "False", VOID),
    (facts.visit, "turn.author != turn.state.custodian and", "", VISIT),
    (facts.visit, " and not turn.is_superior_of(turn.state.custodian)", "", VISIT),
    (facts.visit, "not turn.is_superior_of(turn.state.custodian)", "False", VISIT),
    (facts.step, "turn.state.status == w.VOID", "False", VOID),
    (facts.step, "procedure is None", "False", STEPS),
    (facts.step, "wanted is None", "False", STEPS),
    (facts.step, "turn.author not in _parties(turn, wanted.by, referral)", "False", STEPS),
    (facts.step, "now == body.step and not wanted.again", "False", STEPS),
    (facts.step, "now not in wanted.after", "False", STEPS),
    (facts.step, "wanted.document and not body.document", "False", STEPS),
    (facts._parties, 'by == "sender"', "False", SENDER),
    (facts._parties, 'by == "receiver"', "False", STEPS),
    (facts._parties, "(referral.sender,)", "(referral.receiver,)", STEPS),
    (facts._parties, 'by == "any"', "False", STEPS),
    # extensions
    (oversight.extend, "turn.need_open()", "pass", with_hub(MOVE.test_not_of_a_closed_dispute)),
    (oversight.extend, "body.obligation == w.ACCEPT or own", "own", with_hub(MOVE.test_an_accept_limit_never)),
    (oversight.extend, "body.obligation == w.ACCEPT or own", "body.obligation == w.ACCEPT", PROGRESS),
    (oversight.extend, " and turn.author == turn.state.custodian", "", PROGRESS),
    (oversight.extend, "owed is None", "False", STRANGER),
    (oversight.extend, "not above and turn.author != owed.debtor", "False", STRANGER),
    (oversight.extend, "turn.author == owed.creditor or", "", CONSENT),
    (oversight.extend, " or turn.is_superior_of(owed.debtor)", "", PROGRESS),
    (oversight.extend, "not above or (bound", "True or (bound", CONSENT),
    (oversight.extend, "bound.both_parties_consent", "False",
        LONGER.test_from_2025_on_by_30_days_once_with_the_consent_of_both),
    (oversight.extend, "body.cause == EXTENSION and agreed", "agreed",
        with_hub(MOVE.test_time_the_law_excludes_by_the_debtor_itself)),
    (oversight.extend, " and not body.consent", " and False", CONSENT),
    (oversight.extend, "limit.extension if body.cause == EXTENSION else None", "limit.extension",
        LONGER.test_time_the_law_excludes_is_no_extension),
    (oversight.extend, "too_long(limit, owed.due_at, body.days, turn.context.pack.calendar, region)", "False",
        LONGER.test_from_2025_on_by_30_days_once_with_the_consent_of_both),
    (oversight._within, "not approves[bound.approver]", "False", ANY.test_only_a_superior_where_the_rule_says_so),
    (oversight._within, '"creditor": turn.author == owed.creditor', '"creditor": True',
        ANY.test_only_whom_it_is_owed_to_lengthens_it_where_the_rule_says_so),
    (oversight._within, "owed.extended >= bound.max_times", "owed.extended > bound.max_times",
        LONGER.test_from_2025_on_by_30_days_once_with_the_consent_of_both),
    (state._obligation, " and body.cause == EXTENSION", "", LONGER.test_time_the_law_excludes_is_no_extension),
    (state._obligation, "extended=state.progress.extended + more", "extended=0",
        ANY.test_a_limit_of_the_custodians_own_once_until_it_starts_anew),
    (state._obligation, "own.extended + more", "own.extended", ANY.test_so_are_an_answer_and_an_agreement),
    (state._mark_one, "d.extended + more", "d.extended", ANY.test_so_are_an_answer_and_an_agreement),
    (state._under, " or referral.legal_pack", "", LONGER.test_by_the_pack_of_its_day_after_the_law_has_changed),
    (oversight._limit, "turn.context.rules.named(referral.legal_pack)", "turn.context.pack",
        LONGER.test_by_the_pack_of_its_day_after_the_law_has_changed),
    (oversight._limit, "turn.context.rules.ruled(rule) if rule else None", "None",
        WARNED.test_a_short_limit_late),
    (oversight.extend, "not 1 <= body.days <= LONGEST", "False", DAYS),
    (oversight._limit, "referral is not None and referral.legal and", "False and",
        CLOCK.test_no_word_in_between_moves_it_and_an_extension_is_its_own),
    (oversight.recompute, "if body.rule:", "if False:", walked),
    (state._obligation, '"warned": False, "breached": False', "", with_hub(MOVE.test_a_warning_comes_once_more)),
    # legal clocks
    (handover.sign, "*(legal or (None, \"\"))", 'None, ""', CLOCK.test_the_legal_clock_runs_from_sign_for),
    (handover._feedback, "if referral.legal:", "if False:", CLOCK.test_it_keeps_the_rule_of_the_day_it_was_signed_for),
    (handover._feedback, "referral.state == w.OFFERED", "False", CLOCK.test_or_from_the_acceptance_where_nobody_signed),
    (handover._feedback, "referral.feedback_due, referral.legal", "referral.feedback_due, \"legal\"",
        CLOCK.test_it_keeps_the_rule_of_the_day_it_was_signed_for),
    (work.feedback, "if referral.legal:", "if False:",
        CLOCK.test_no_word_in_between_moves_it_and_an_extension_is_its_own),
    (work.feedback, "if referral.legal:", "if False:", walked),
    (state._signed, "body.legal_due_at or 0", "0", CLOCK.test_the_legal_clock_runs_from_sign_for),
    (state._legal, "rule.startswith", "not rule.startswith", walked),
    (Pack.legal, "if marks:", "if False:", SUMMARY),
    (Pack.legal, "at in marks", "True", SUMMARY),
    (handover._legal, "turn.state.marks", "()", SUMMARY),
    # emergencies
    (turn.Turn.on, "self.emergency", "False", CLOCK.test_an_emergency_shortens_what_starts_from_then_on),
    (turn.Turn.on, "self.emergency", "False", walked),
    (turn.Turn.emit, "self.emergency = body.emergency", "pass",
        CLOCK.test_an_emergency_shortens_what_starts_from_then_on),
    (turn.Turn.emit, "self.emergency = body.emergency", "pass", walked),
    (turn.Turn.emit, "self.context.pack if since is None else self.context.rules.at(since)", "self.context.pack",
        walked),
    (state._noted, "(*others, EMERGENCY)", "others", CLOCK.test_an_emergency_shortens_what_starts_from_then_on),
    (state._noted, "body.emergency == (EMERGENCY in state.marks)", "body.emergency", walked),
)  # fmt: skip
