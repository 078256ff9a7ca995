-- The scripts of adapters/redis_records.py, one a section. Time is Redis' own, in seconds.
-- KEYS and ARGV are listed at the head of each.

--- add
-- KEYS record, watch, queued, gone   ARGV id, document, created, look_again_s
if redis.call('EXISTS', KEYS[1]) == 1 or redis.call('EXISTS', KEYS[4]) == 1 then return 0 end
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
redis.call('HSET', KEYS[1], 'status', 'queued', 'attempt', 0, 'document', ARGV[2],
  'stage', 'queued', 'percent', 0)
redis.call('ZADD', KEYS[2], now + ARGV[4], ARGV[1])
redis.call('ZADD', KEYS[3], ARGV[3], ARGV[1])
return 1

--- save
-- KEYS record, watch, queued, processing, outbox, event
-- ARGV id, was_status, was_attempt, status, attempt, document, stage, percent,
--      look_again_s, final, notify, created, nonce, event, only_if_due
local stored = redis.call('HMGET', KEYS[1], 'status', 'attempt', 'nonce')
if stored[3] == ARGV[13] then return 1 end  -- the same call again, after a lost answer
if stored[1] ~= ARGV[2] or stored[2] ~= ARGV[3] then return 0 end
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
if ARGV[15] == '1' and tonumber(redis.call('ZSCORE', KEYS[2], ARGV[1]) or 0) > now then return 0 end
redis.call('HSET', KEYS[1], 'status', ARGV[4], 'attempt', ARGV[5], 'document', ARGV[6],
  'stage', ARGV[7], 'percent', ARGV[8], 'nonce', ARGV[13])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[1])
if ARGV[4] == 'queued' then redis.call('ZADD', KEYS[3], ARGV[12], ARGV[1]) end
if ARGV[4] == 'processing' then redis.call('ZADD', KEYS[4], now, ARGV[1]) end
if ARGV[10] == '0' then
  redis.call('ZADD', KEYS[2], now + ARGV[9], ARGV[1])
  return 1
end
redis.call('ZREM', KEYS[2], ARGV[1])
if ARGV[11] == '1' then
  redis.call('ZADD', KEYS[5], 'NX', now, ARGV[14])
  redis.call('HSET', KEYS[6], 'assessment', ARGV[1], 'attempts', 0)
end
return 1

--- renew
-- KEYS record, watch   ARGV id, status, attempt, stage, percent, lease_s
local stored = redis.call('HMGET', KEYS[1], 'status', 'attempt')
if stored[1] ~= ARGV[2] or stored[2] ~= ARGV[3] then return 0 end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], 'stage', ARGV[4], 'percent', ARGV[5])
redis.call('ZADD', KEYS[2], 'XX', time[1] + time[2] / 1000000 + ARGV[6], ARGV[1])
return 1

--- due
-- KEYS watch   ARGV limit
local time = redis.call('TIME')
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', time[1] + time[2] / 1000000,
  'LIMIT', 0, ARGV[1])

--- postpone
-- KEYS record, watch   ARGV id, status, attempt, look_again_s
local stored = redis.call('HMGET', KEYS[1], 'status', 'attempt')
if stored[1] ~= ARGV[2] or stored[2] ~= ARGV[3] then return 0 end
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local at = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not at or tonumber(at) > now then return 0 end
redis.call('ZADD', KEYS[2], now + ARGV[4], ARGV[1])
return 1

--- erase
-- KEYS record, watch, queued, processing, outbox, event, gone   ARGV id, event, tenant, kept_s
redis.call('DEL', KEYS[1], KEYS[6])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('ZREM', KEYS[5], ARGV[2])
redis.call('SET', KEYS[7], ARGV[3], 'EX', ARGV[4])
return 1

--- take
-- KEYS outbox   ARGV event_prefix, lease_s
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local event = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 1)[1]
if not event then return nil end
redis.call('ZADD', KEYS[1], now + ARGV[2], event)
local attempts = redis.call('HINCRBY', ARGV[1] .. event, 'attempts', 1)
return {event, redis.call('HGET', ARGV[1] .. event, 'assessment'), attempts}

--- retry
-- KEYS outbox   ARGV event, after_s
local time = redis.call('TIME')
return redis.call('ZADD', KEYS[1], 'XX', time[1] + time[2] / 1000000 + ARGV[2], ARGV[1])
