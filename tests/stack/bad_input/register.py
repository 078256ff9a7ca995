"""All 179 rows of the second list: which are rows here, and what holds the others.

F001-F036 wire          F037-F057 callers       F058-F080 parameters    F081-F111 envelopes
F112-F121 resumed
F122-F160 recordings    F161-F179 addresses

`MERGED` names rows of the first list that are the same, `ELSEWHERE` tests, `NOT_HERE` says why
there is nothing to hold. A row may be held in several ways.
"""

FAULTS = 179

MERGED = {
    24: "88: PUT /v1/assessments",
    35: "87: a compressed body",
    37: "1: no key",
    39: "3: an unknown key",
    40: "3: an unknown key",
    41: "4: a revoked key",
    43: "5: a key without the scope",
    44: "7: another tenant's id, /report",
    48: "8: the id ..%2F..%2Fet",
    50: "9: a deleted id",
    53: "81: cancel what has ended",
    54: "84: limit 0",
    55: "83: a changed cursor",
    59: "22: every_ms: NaN",
    60: "16: half a surrogate",
    65: "18: an unknown field",
    68: "28: metadata of 1 MB in a JSON body",
    69: "87: POST with text/plain",
    76: "29: 5,000 keys",
    81: "10: an empty body",
    83: "43: Content-Length above the limit",
    84: "44: chunked above the limit",
    86: "45: a body shorter than Content-Length",
    87: "46: a wrong digest",
    88: "47: a digest of an unknown algorithm",
    89: "15: no boundary",
    90: "15: a form that is never closed",
    93: "15: 10,000 parts",
    94: "28: metadata of 1 MB in a form",
    95: "12: two parts `video`",
    96: "49: text",
    112: "90: a wrong offset",
    118: "78: a known Idempotency-Key with another body",
    122: "50: SVG",
    123: "59: concat script",
    124: "57: HLS playlist",
    125: "58: DASH manifest",
    132: "56: an MP4 that is cut off",
    137: "53: audio only",
    139: "62: one frame",
    140: "60: 20,000 x 20,000 pixels",
    141: "75: 641 x 479 pixels",
    147: "74: 240 frames a second",
    151: "76: 10-bit HEVC",
    152: "70: upside down, and tagged so",
    153: "71: a variable frame rate",
    158: "63: no face",
}

SERVICE = "tests/unit/service/"
WORKER = "tests/unit/worker/"
ELSEWHERE = {
    4: f"{SERVICE}test_head.py::test_where_names_are_set_only_they_are_answered_to",
    10: f"{SERVICE}test_line.py::test_every_kind_of_slow_client_is_closed",
    30: f"{SERVICE}test_line.py::test_who_began_a_head_is_told_that_it_came_too_slowly",
    31: f"{SERVICE}test_line.py::test_a_body_of_one_byte_now_and_then_is_refused",
    32: f"{SERVICE}test_line.py::test_every_kind_of_slow_client_is_closed",
    41: f"{SERVICE}test_key_routes.py::test_an_expired_key_is_nobodys",
    45: f"{SERVICE}test_webhook_endpoints.py::"
    "test_another_tenants_endpoint_is_not_found_whatever_is_asked",
    56: f"{SERVICE}test_quotas.py::test_too_many_requests_wait_as_long_as_it_says",
    107: f"{SERVICE}test_bad_uploads.py::test_a_disk_without_room_refuses",
    108: f"{SERVICE}test_bad_uploads.py::test_a_disk_that_fills_up_leaves_nothing",
    109: f"{SERVICE}test_quotas.py::test_without_the_store_nothing_is_let_through",
    110: f"{SERVICE}test_uploads.py::test_a_tenant_has_so_many_open_uploads",
    111: f"{SERVICE}test_quotas.py::test_as_many_assessments_as_wait_or_run_are_let_in",
    114: f"{SERVICE}test_upload_lines.py::test_while_one_writes_another_is_refused",
    115: f"{SERVICE}test_upload_use.py::test_an_expired_upload_is_gone",
    119: f"{SERVICE}test_idempotency_recovery.py::"
    "test_while_the_first_request_is_worked_on_the_second_is_told_to_wait",
    142: "tests/hostile/test_corpus.py::test_every_other_hostile_recording_harms_nobody_either",
    144: "tests/hostile/test_corpus.py::test_every_other_hostile_recording_harms_nobody_either",
    145: f"{WORKER}test_video.py::test_more_media_time_than_the_limit_is_refused",
    148: f"{WORKER}test_hostile_recordings.py::test_broken_bytes_end_in_a_measured_answer",
    152: f"{WORKER}test_video.py::test_a_rotated_recording_is_shown_upright",
    155: f"{WORKER}test_decoder_process.py::test_a_decoder_that_hangs_is_given_up_in_time",
    156: f"{WORKER}test_decoder_process.py::test_a_decoder_that_needs_too_much_memory_says_so",
    157: f"{WORKER}test_decoder_process.py::test_a_decoder_that_is_killed_has_crashed",
    159: f"{WORKER}test_runner.py::test_a_recording_that_vanished_fails_with_its_reason",
    160: "tests/unit/adapters/test_upload_files.py::test_a_link_is_not_followed",
    163: "tests/unit/assessment/test_addresses.py::"
    "test_a_callback_that_may_not_be_called_is_refused",
    168: "tests/unit/adapters/test_egress.py::"
    "test_a_public_name_that_leads_to_loopback_is_not_called",
    169: "tests/stack/test_hostile_addresses.py::test_no_forbidden_address_sees_a_connection",
    172: "tests/unit/adapters/test_egress.py::test_a_redirect_is_not_followed",
    173: f"{WORKER}test_webhooks.py::"
    "test_an_endpoint_that_is_gone_is_disabled_and_hears_nothing_more",
    174: f"{WORKER}test_webhooks.py::test_a_receiver_that_asks_for_patience_gets_it",
    175: "tests/unit/adapters/test_egress.py::test_an_endless_answer_is_cut",
    176: "tests/unit/adapters/test_egress.py::"
    "test_a_certificate_that_nobody_vouches_for_is_refused",
    179: "tests/unit/docs/test_webhook_snippets.py::test_an_old_message_is_refused",
}

NOT_HERE = {
    46: "Keys have 256 random bits, so guessing is no danger; all callers behind one proxy share "
    "an address, and counting wrong keys by it would let anybody lock the others out.",
}
