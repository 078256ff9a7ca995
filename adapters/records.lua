-- The scripts of adapters/redis_records.py, one a section. Time is Redis' own, in seconds.
-- KEYS and ARGV are listed at the head of each.

--- add
-- KEYS record, watch, queued, gone, index, references, deadlines
-- ARGV id, document, created, look_again_s, place, deadline_s or -1
if redis.call('EXISTS', KEYS[1]) == 1 or redis.call('EXISTS', KEYS[4]) == 1 then return 0 end
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
redis.call('HSET', KEYS[1], 'status', 'queued', 'attempt', 0, 'document', ARGV[2],
  'stage', 'queued', 'percent', 0)
redis.call('ZADD', KEYS[2], now + ARGV[4], ARGV[1])
redis.call('ZADD', KEYS[3], ARGV[3], ARGV[1])
redis.call('HSET', KEYS[1], 'place', ARGV[5], 'index', KEYS[5], 'references', KEYS[6])
redis.call('ZADD', KEYS[5], 0, ARGV[5])
if KEYS[6] ~= '' then redis.call('ZADD', KEYS[6], 0, ARGV[5]) end
if ARGV[6] ~= '-1' then redis.call('ZADD', KEYS[7], now + ARGV[6], ARGV[1]) end
return 1

--- save
-- KEYS record, watch, queued, processing, outbox, event, index, deadlines, erasures
-- ARGV id, was_status, was_attempt, status, attempt, document, stage, percent,
--      look_again_s, final, tenant, created, nonce, event, only_if_due, place, keep_s or -1
local stored = redis.call('HMGET', KEYS[1], 'status', 'attempt', 'nonce')
if stored[3] == ARGV[13] then return 1 end  -- the same call again, after a lost answer
if stored[1] ~= ARGV[2] or stored[2] ~= ARGV[3] then return 0 end
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
if ARGV[15] == '1' and tonumber(redis.call('ZSCORE', KEYS[2], ARGV[1]) or 0) > now then return 0 end
redis.call('HSET', KEYS[1], 'status', ARGV[4], 'attempt', ARGV[5], 'document', ARGV[6],
  'stage', ARGV[7], 'percent', ARGV[8], 'nonce', ARGV[13])
redis.call('ZREM', redis.call('HGET', KEYS[1], 'index') or KEYS[7], ARGV[16])
redis.call('ZADD', KEYS[7], 0, ARGV[16])
redis.call('HSET', KEYS[1], 'place', ARGV[16], 'index', KEYS[7])
-- A hint: a store that lets nobody publish must not lose the step itself.
redis.pcall('PUBLISH', 'mien:steps', ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[1])
if ARGV[4] == 'queued' then redis.call('ZADD', KEYS[3], ARGV[12], ARGV[1]) end
if ARGV[4] == 'processing' then redis.call('ZADD', KEYS[4], now, ARGV[1]) end
if ARGV[10] == '0' then
  redis.call('ZADD', KEYS[2], now + ARGV[9], ARGV[1])
  return 1
end
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[8], ARGV[1])
if ARGV[17] ~= '-1' then redis.call('ZADD', KEYS[9], now + ARGV[17], ARGV[1]) end
redis.call('ZADD', KEYS[5], 'NX', now, ARGV[14])
local sequence = redis.call('HINCRBY', KEYS[5] .. ':sequences', ARGV[11], 1)
redis.call('HSET', KEYS[6], 'assessment', ARGV[1], 'sequence', sequence, 'at', now)
return 1

--- renew
-- KEYS record, watch   ARGV id, status, attempt, stage, percent, lease_s
local stored = redis.call('HMGET', KEYS[1], 'status', 'attempt')
if stored[1] ~= ARGV[2] or stored[2] ~= ARGV[3] then return 0 end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], 'stage', ARGV[4], 'percent', ARGV[5])
redis.call('ZADD', KEYS[2], 'XX', time[1] + time[2] / 1000000 + ARGV[6], ARGV[1])
return 1

--- note_erased
-- KEYS record   ARGV at
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
return redis.call('HSETNX', KEYS[1], 'recording_erased_at', ARGV[1])

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
-- KEYS record, watch, queued, processing, outbox, event, gone, deadlines, erasures,
--      log of deliveries, deliveries
-- ARGV id, event, tenant, kept_s, delivery_prefix
local listed = redis.call('HMGET', KEYS[1], 'place', 'index', 'references')
for i = 2, 3 do
  if (listed[i] or '') ~= '' then redis.call('ZREM', listed[i], listed[1]) end
end
redis.call('ZREM', KEYS[8], ARGV[1])
redis.call('ZREM', KEYS[9], ARGV[1])
for _, delivery in ipairs(redis.call('ZRANGE', KEYS[10], 0, -1)) do
  redis.call('DEL', ARGV[5] .. delivery, ARGV[5] .. delivery .. ':attempts')
  redis.call('ZREM', KEYS[11], delivery)
end
redis.call('DEL', KEYS[1], KEYS[6], KEYS[10])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('ZREM', KEYS[5], ARGV[2])
redis.call('SET', KEYS[7], ARGV[3], 'EX', ARGV[4])
redis.pcall('PUBLISH', 'mien:steps', ARGV[1])
return 1

--- take
-- KEYS outbox   ARGV event_prefix, lease_s
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local event = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 1)[1]
if not event then return nil end
redis.call('ZADD', KEYS[1], now + ARGV[2], event)
local told = redis.call('HMGET', ARGV[1] .. event, 'assessment', 'sequence')
return {event, told[1] or '', told[2] or 0}
