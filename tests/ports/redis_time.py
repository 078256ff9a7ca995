"""Lets time pass on a real Redis in an instant: every moment that it holds moves into the past.

To sleep would need short leases, and on a busy machine a short lease is over before a test has
looked whether it still holds.
"""

from typing import Final

import redis

from adapters.redis_deliveries import DELIVERY, DUE
from adapters.redis_index import DEADLINES, ERASURES
from adapters.redis_quotas import RATE
from adapters.redis_records import EVENT, OUTBOX, PROCESSING, WATCH
from adapters.redis_store import PREFIX
from adapters.redis_uploads import EXPIRIES, RECORD

TIMES: Final = (WATCH, PROCESSING, DEADLINES, ERASURES, OUTBOX, EXPIRIES)
"""Sorted sets whose scores are moments, beside those of deliveries; others go by other things."""

MOVE: Final = """
local by = tonumber(ARGV[1])
local function starts(key, with) return string.sub(key, 1, #with) == with end
local times = {}
for _, key in ipairs(KEYS) do times[key] = true end

local function move_scores(key)
  local found = redis.call('ZRANGE', key, 0, -1)
  for _, member in ipairs(found) do redis.call('ZINCRBY', key, -by, member) end
end

local function move_field(key, field)
  local at = tonumber(redis.call('HGET', key, field) or 0)
  if at > 0 then redis.call('HSET', key, field, string.format('%.6f', at - by)) end
end

local function move_tries(key)
  for index, entry in ipairs(redis.call('LRANGE', key, 0, -1)) do
    local try = cjson.decode(entry)
    try.at = try.at - by
    if try.next_at then try.next_at = try.next_at - by end
    redis.call('LSET', key, index - 1, cjson.encode(try))
  end
end

local function move_entries(key)
  for index, at in ipairs(redis.call('LRANGE', key, 0, -1)) do
    redis.call('LSET', key, index - 1, string.format('%.6f', at - by))
  end
end

for _, key in ipairs(redis.call('KEYS', ARGV[2] .. '*')) do
  local kind = redis.call('TYPE', key).ok
  if kind == 'zset' and (times[key] or starts(key, ARGV[3])) then move_scores(key) end
  if kind == 'hash' and starts(key, ARGV[4]) then move_field(key, 'created') end
  if kind == 'hash' and starts(key, ARGV[5]) then move_field(key, 'held_until') end
  if kind == 'hash' and starts(key, ARGV[6]) then move_field(key, 'at') end
  if kind == 'list' and starts(key, ARGV[4]) then move_tries(key) end
  if kind == 'list' and starts(key, ARGV[7]) then move_entries(key) end
  local life_ms = redis.call('PTTL', key)
  if life_ms > 0 then redis.call('PEXPIRE', key, math.floor(life_ms - by * 1000)) end
end
"""


def go_on(client: "redis.Redis", seconds: float) -> None:
    """Let so many seconds pass."""
    prefixes = (PREFIX, DUE, DELIVERY, RECORD, EVENT, RATE)
    client.eval(MOVE, len(TIMES), *TIMES, str(seconds), *prefixes)
