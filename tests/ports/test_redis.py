"""What only the real Redis can show."""

import pytest

from adapters.queue import broker_url
from adapters.redis_keys import RedisKeys
from adapters.redis_records import RedisRecords
from adapters.redis_store import connect
from assessment.assessment import AssessmentId, Status, Tenant
from assessment.faults import StoreUnavailable
from tests.samples import NOON, an_assessment


def test_a_redis_that_is_away_is_one_fault():
    records = RedisRecords(connect("unix:///nowhere/redis.sock?db=0"))

    with pytest.raises(StoreUnavailable):
        records.get(AssessmentId("asm_x"))
    with pytest.raises(StoreUnavailable):
        records.due(1)


def test_keys_rest_as_hashes(redis_url: str):
    client = connect(redis_url)
    client.flushdb()

    RedisKeys(client, lambda: NOON).configure("sk_live_secret", Tenant("clinic"))

    stored = str(client.hgetall("mien:keys"))
    assert "sk_live_secret" not in stored
    assert "clinic" in stored


def test_the_same_save_again_after_a_lost_answer_is_no_lost_race(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
):
    client = connect(redis_url)
    client.flushdb()
    records, waiting = RedisRecords(client), an_assessment()
    records.add(waiting, look_again_s=1)
    monkeypatch.setattr("adapters.redis_records.secrets.token_hex", lambda _: "the same nonce")
    claimed = waiting.to(Status.PROCESSING, at=NOON)

    records.save(claimed, was=waiting, look_again_s=1)
    records.save(claimed, was=waiting, look_again_s=1)

    assert records.get(waiting.id).attempt == 1


def test_the_broker_is_spelled_as_kombu_wants_it():
    assert broker_url("unix:///a/b.sock?db=3") == "redis+socket:///a/b.sock?virtual_host=3"
    assert broker_url("redis://host:6379/0") == "redis://host:6379/0"
