"""FAULTS: one row each. `tests` are ids as pytest knows them, without parameters."""

from typing import Final, NamedTuple

_LINK: Final = "tests/handhelds/test_link.py::test_"
_ANSWERS: Final = "tests/handhelds/test_answers.py::test_"
_SERVER: Final = "tests/handhelds/test_against_server.py::test_"
_LOCAL: Final = "tests/handhelds/test_local.py::test_"
_BAD: Final = "tests/sync/test_bad_input.py::test_"
_HTTP: Final = "tests/server/handheld/test_bad_requests.py::test_"
_SEND: Final = "tests/server/delivery/test_send.py::test_"
_SERVE: Final = "tests/server/running/test_serve.py::test_"
_BASE: Final = "tests/server/test_database.py::test_"
_FIELD: Final = "tests/drill/test_field.py::test_"
_HERE: Final = "tests/faults/test_"


class Fault(NamedTuple):
    """What goes wrong, what is promised then, and which tests show it."""

    no: int
    fault: str
    promise: str
    tests: tuple[str, ...]


FAULTS: tuple[Fault, ...] = (
    Fault(
        1, "The line is cut before a request arrives",
        "Nothing is lost; it is tried again after growing waits of at most a minute, spread, and "
        "at once when the rep asks.",
        (_ANSWERS + "no_answer_is_a_cut_line", _LINK + "waits_double_and_are_spread",
         _LINK + "a_wait_is_never_longer_than_a_minute_and_never_nothing"),
    ),
    Fault(
        2, "The line is cut after the commit, before the answer",
        "Sent again, a change is answered with the stored verdict and takes effect once.",
        (_SERVER + "a_lost_answer_makes_no_second_order",
         _LINK + "a_line_cut_after_the_server_took_the_order_makes_no_second_one",
         "tests/sync/test_push.py::test_a_repeat_gets_the_stored_verdict_and_no_second_effect"),
    ),
    Fault(
        3, "The line is cut inside an answer",
        "A page is applied whole or not at all; what was kept before is taken up again.",
        (_ANSWERS + "an_answer_cut_anywhere_is_no_answer",
         _LINK + "a_page_comes_whole_or_not_at_all",
         _SERVER + "a_cut_between_pages_goes_on_where_it_was"),
    ),
    Fault(
        4, "The same request arrives twice at once, at two processes",
        "One decides, the other waits for it and gives the same answer.",
        ("tests/server/delivery/test_push_harness.py::"
         "test_a_thousand_orders_arrive_once_each_everywhere",),
    ),
    Fault(
        5, "An old request arrives hours late or out of order",
        "A late copy does nothing; a newer revision of an order is not undone.",
        (_HERE + "late_copies.py::test_a_late_copy_of_an_order_undoes_no_newer_revision",
         _HERE + "late_copies.py::test_batches_in_any_order_end_the_same"),
    ),
    Fault(
        6, "A packed body is cut short or damaged",
        "It is refused as a whole with 400, nothing of it takes effect, no stack is shown.",
        (_HTTP + "a_truncated_gzip_is_refused",
         "tests/schemas/test_packed.py::test_a_body_cut_short_anywhere_is_damaged",
         "tests/schemas/test_packed.py::test_a_flipped_bit_in_a_gzip_body_is_damage_or_harmless_"
         "but_never_another_body"),
    ),
    Fault(
        7, "A small body unpacks to a gigabyte",
        "Refused within a tenth of a second and 32 MiB.",
        (_HTTP + "a_bomb_is_refused_quickly_and_memory_stays_flat",
         "tests/schemas/test_packed.py::test_a_bomb_costs_no_more_than_32_mebibytes_of_memory"),
    ),
    Fault(
        8, "Requests drip in, or never end",
        "They hold no thread and are ended in time; a slow line that moves is let through.",
        ("tests/server/running/test_arrive.py::"
         "test_slow_bodies_hold_no_thread_and_are_ended_in_time",
         "tests/server/running/test_arrive.py::"
         "test_headers_that_never_end_hold_no_thread_either"),
    ),
    Fault(
        9, "A web process is killed in the middle of a transaction",
        "Nothing of it stays; sent again, the change takes effect once.",
        (_HERE + "killed_in_a_push.py::test_killed_before_the_commit_nothing_of_it_is_there",),
    ),
    Fault(
        10, "A web process is killed between commit and answer",
        "Sent again, the change is answered with the stored verdict.",
        (_HERE + "killed_in_a_push.py::test_killed_after_the_commit_it_is_there_once",),
    ),
    Fault(
        11, "The whole server is killed",
        "It is back within seconds of its start with all it ever acknowledged.",
        (_SERVE + "killed_outright_the_next_start_takes_over",
         _SERVE + "everything_killed_at_once_it_is_back_within_seconds"),
    ),
    Fault(
        12, "PostgreSQL is killed under a running server",
        "503 with Retry-After while it is away; it is started again by itself.",
        (_SERVE + "a_database_that_is_killed_comes_back_under_a_running_server",
         "tests/server/test_problems.py::test_a_database_that_is_away_or_busy_is_503"),
    ),
    Fault(
        13, "Connections of the pool have died",
        "They are found out on the way out of the pool and cost no request.",
        (_BASE + "connections_that_died_in_the_pool_cost_no_request",),
    ),
    Fault(
        14, "The disk of the database is full",
        "503 and never a false acknowledgement; it goes on by itself once there is room.",
        (_HERE + "full_disk.py::"
         "test_a_full_disk_acknowledges_nothing_and_goes_on_when_there_is_room",),
    ),
    Fault(
        15, "The disk of a handheld is full",
        "An order is refused before the screen says saved; fetching stops first, sending goes on.",
        (_LOCAL + "a_full_disk_refuses_the_order_before_it_says_saved",
         "tests/handhelds/test_device.py::"
         "test_a_sync_with_a_full_disk_fetches_nothing_but_still_sends"),
    ),
    Fault(
        16, "No connection is free, a lock or a statement takes too long",
        "503 within two seconds; locks are taken in one order.",
        ("tests/server/handheld/test_connections.py::"
         "test_without_a_free_connection_it_says_so_within_two_seconds",
         _BASE + "row_held_by_another_is_waited_for_only_so_long",
         _BASE + "statement_that_takes_too_long_is_cut_off"),
    ),
    Fault(
        17, "A transaction loses a race",
        "The whole batch is decided again; never half of it.",
        (_BASE + "loser_of_a_deadlock_does_its_work_again",
         "tests/sync/test_write.py::test_a_load_never_deadlocks_with_a_push",
         "tests/sync/test_races.py::"
         "test_deciding_together_and_one_by_one_end_in_the_same_state"),
    ),
    Fault(
        18, "The delivery system is slow",
        "Handhelds notice nothing, and no other system is held up.",
        (_SEND + "a_slow_delivery_system_holds_up_no_other",),
    ),
    Fault(
        19, "The delivery system takes an order and answers too late",
        "The outcome is unknown: looked up before anything is sent again, under the same id.",
        (_SEND + "an_order_taken_without_an_answer_is_found_by_look_up_and_not_sent_again",
         _SEND + "a_slow_system_that_takes_the_order_after_our_patience_ended_still_has_it_once"),
    ),
    Fault(
        20, "The delivery system refuses an order",
        "A dead letter for the office, the reason for the rep, and no storm of repeats.",
        (_SEND + "a_refused_order_is_a_dead_letter_with_its_reason_and_one_word_sends_it_again",
         "tests/server/delivery/test_steps.py::"
         "test_a_refusal_is_for_the_office_at_once_and_never_repeated"),
    ),
    Fault(
        21, "The delivery system is out of order for days",
        "Tried again after growing waits for three days, Retry-After kept, one breaker a system; "
        "then a person's matter.",
        (_SEND + "a_system_out_of_order_is_tried_again_and_takes_the_order_once",
         _SEND + "retry_after_is_waited_for",
         _SEND + "a_breaker_leaves_a_system_that_is_down_alone",
         "tests/server/delivery/test_breaker.py::"
         "test_a_delivery_is_tried_for_three_days_and_then_given_to_a_person"),
    ),
    Fault(
        22, "The delivery system answers nonsense, a redirect, a gigabyte",
        "No lie is an acknowledgement; a body is read up to its cap.",
        ("tests/server/delivery/test_over_http.py::test_no_lie_is_ever_an_acknowledgement",
         "tests/server/delivery/test_connection.py::"
         "test_a_body_is_read_up_to_the_cap_and_no_further",
         _SEND + "a_lie_never_gives_an_order_a_number"),
    ),
    Fault(
        23, "Two schedulers or dispatchers, one stopped and woken later",
        "What is done once is done once: a stale holder's write is refused.",
        ("tests/server/running/test_lease.py::"
         "test_a_holder_stopped_and_woken_after_the_takeover_writes_nothing_more",
         "tests/server/running/test_jobs.py::test_two_workers_never_both_run_a_period",
         "tests/server/delivery/test_claims.py::test_a_stale_holders_answer_is_refused_whole"),
    ),
    Fault(
        24, "No scheduler runs when its hour comes",
        "What was missed is done once at the next turn; days of assignments begin all the same.",
        (_HERE + "nobody_scheduled.py::test_nights_that_nobody_scheduled_are_made_up_for_once",
         "tests/sync/test_scope.py::"
         "test_an_assignment_begins_and_ends_also_when_no_server_ran_on_its_day"),
    ),
    Fault(
        25, "A handheld's clock is days or decades off",
        "Orders keep the server's order; the claimed time is kept and its distance told.",
        (_BAD + "a_handheld_clock_decades_off_changes_no_order", _FIELD + "a_wrong_clock"),
    ),
    Fault(
        26, "A clock jumps back in the middle of a day",
        "Nothing is lost or out of order; ids go on rising.",
        (_LOCAL + "the_clock_may_jump_and_nothing_is_lost_or_out_of_order",
         "tests/schemas/test_ids.py::"
         "test_ids_sort_as_they_were_made_although_the_clock_stands_or_jumps_back"),
    ),
    Fault(
        27, "A handheld is restored from an old backup",
        "The same again is a repeat; the same id with another body is held, never written over.",
        (_SERVER + "a_handheld_restored_from_an_older_copy_loses_nothing_and_doubles_nothing",
         "tests/server/access/test_watch.py::"
         "test_a_number_used_twice_on_one_machine_was_set_back"),
    ),
    Fault(
        28, "Two phones with one identity",
        "Both must enrol anew; no change of either is lost.",
        ("tests/server/access/test_watch.py::"
         "test_two_machines_and_a_number_used_twice_is_a_copy_and_both_must_enrol",
         _HTTP + "a_copied_identity_on_another_install_is_told"),
    ),
    Fault(
        29, "A handheld is off for 90 or 200 days",
        "One sync: its orders are taken with their own time, its copy is true again.",
        (_FIELD + "long_off",),
    ),
    Fault(
        30, "A cursor nobody knows, of another handheld, of another epoch",
        "409 with the next step, never \"nothing new\".",
        ("tests/server/handheld/test_views.py::test_unknown_and_foreign_cursors_say_verify",
         _HTTP + "another_epoch_says_verify",
         _SERVER + "a_cursor_the_server_does_not_know_leads_to_a_fresh_copy"),
    ),
    Fault(
        31, "The server is restored from an older backup",
        "Handhelds bring back what the backup had not; nothing is delivered twice.",
        ("tests/drill/test_restore.py::"
         "test_a_backup_of_yesterday_is_restored_and_handhelds_bring_the_day_back",
         "tests/server/delivery/test_after_loss.py::"
         "test_what_may_have_been_sent_is_looked_up_first_and_found"),
    ),
    Fault(
        32, "A standby that lags is promoted",
        "The loss is noticed by itself and healed like a restore.",
        ("tests/server/running/test_highwater.py::test_a_feed_that_went_back_is_noticed",
         "tests/server/running/test_highwater.py::"
         "test_time_lost_under_a_running_server_begins_a_new_epoch_at_the_next_turn"),
    ),
    Fault(
        33, "The server is upgraded under handhelds of older versions",
        "The recorded traffic of every version is answered as it was, for ever.",
        ("tests/recordings/test_replay.py::test_every_recorded_day_is_still_understood",
         "tests/sync/test_fleet.py::test_a_mixed_fleet_nulls_nothing_and_every_copy_is_true",
         _FIELD + "two_versions_behind"),
    ),
    Fault(
        34, "Processes are renewed while handhelds sync",
        "Nobody sees an error.",
        ("tests/server/running/test_arrive.py::"
         "test_fresh_processes_take_over_without_an_error",),
    ),
    Fault(
        35, "A rep gains or loses stores in the middle of a sync; a store changes its depot",
        "Rows come and leave by themselves; unsent work for a lost store is taken.",
        ("tests/sync/moving/test_moves.py::"
         "test_whatever_moves_while_fifty_pull_every_complete_is_the_truth",
         _SERVER + "a_store_that_went_to_another_rep_stays_grey_until_its_order_was_answered",
         "tests/sync/moving/test_relocate.py::"
         "test_unsent_work_for_a_store_that_was_given_away_and_moved_is_taken"),
    ),
    Fault(
        36, "Two things under one id or order number",
        "The second is held and told, never written over the first.",
        (_BAD + "a_reused_id_with_another_body_is_held_and_takes_no_effect",
         _BAD + "a_reused_number_with_another_id_is_held"),
    ),
    Fault(
        37, "The handheld's program is killed at any moment; the power goes",
        "An order is there whole or not at all; what was saved is sent.",
        ("tests/handhelds/test_powercut.py::"
         "test_fifty_kills_lose_nothing_and_leave_nothing_half_written",),
    ),
    Fault(
        38, "Two programs of one handheld work at once",
        "One of them syncs; they never share a number.",
        (_LINK + "two_programs_of_one_handheld_do_not_sync_at_once",
         _LOCAL + "two_programs_saving_at_once_never_share_a_number"),
    ),
    Fault(
        39, "Text of any kind: emoji, right to left, unassigned, NUL, half a character",
        "Kept to the byte, or that change alone is refused with its reason.",
        ("tests/schemas/test_fields.py::test_a_text_is_kept_to_the_byte",
         _BAD + "what_cannot_be_read_is_rejected_with_its_reason_and_kept",
         _BAD + "invalid_utf8_is_rejected_alone"),
    ),
    Fault(
        40, "Quantities and amounts that are none",
        "Numbers travel as text within bounds; totals are counted again and a difference held.",
        (_BAD + "what_cannot_be_read_is_rejected_with_its_reason_and_kept",
         _BAD + "totals_that_differ_are_held",
         "tests/schemas/test_fields.py::test_both_faces_of_a_field_refuse_the_same_value"),
    ),
    Fault(
        41, "One poisoned change among five hundred",
        "It alone is answered with the reason; its neighbours are decided as without it.",
        ("tests/schemas/test_strict.py::"
         "test_every_kind_of_poison_at_once_in_a_full_batch_leaves_the_rest_readable",
         "tests/sync/test_races.py::"
         "test_a_change_the_server_stumbles_over_costs_no_neighbour_its_result"),
    ),
    Fault(
        42, "A transaction stays open for long, here or in another database of the server",
        "What was committed is in the next pull.",
        (_HERE + "open_transaction.py::test_a_transaction_left_open_delays_no_pull",),
    ),
    Fault(
        43, "The handheld's file is damaged",
        "Wrong rows are found and repaired by slices; a damaged change is set aside alone.",
        (_LOCAL + "a_damaged_change_is_set_aside_and_the_others_go_out",
         _LOCAL + "a_damaged_copy_can_be_thrown_away_and_fetched_anew"),
    ),
    Fault(
        44, "Office and rep change the same thing",
        "A rule decides field by field, both versions are kept, both are told.",
        ("tests/handhelds/test_edits.py::"
         "test_both_sides_edit_a_store_and_the_rep_reads_what_became_of_it",
         "tests/handhelds/test_orders.py::"
         "test_a_change_that_comes_too_late_becomes_a_supplement_and_a_return_in_one_tap_each"),
    ),
)  # fmt: skip
