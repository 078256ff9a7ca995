-- The scripts of adapters/redis_uploads.py, one a section. Time is Redis' own, in seconds.
-- KEYS and ARGV are listed at the head of each.

--- open
-- KEYS record, expiries, own, missing   ARGV id, tenant, length, expires, most, room_bytes
if redis.call('EXISTS', KEYS[1]) == 1 then return 'opened' end  -- again, after a lost answer
if redis.call('SCARD', KEYS[3]) >= tonumber(ARGV[5]) then return 'too many' end
local expected = tonumber(ARGV[3])
for _, bytes in ipairs(redis.call('HVALS', KEYS[4])) do expected = expected + bytes end
if expected > tonumber(ARGV[6]) then return 'full' end
redis.call('HSET', KEYS[1], 'tenant', ARGV[2], 'length', ARGV[3], 'expires', ARGV[4],
  'offset', 0, 'sha256', '', 'writer', 0, 'held_until', 0)
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
redis.call('SADD', KEYS[3], ARGV[1])
redis.call('HSET', KEYS[4], ARGV[1], ARGV[3])
return 'opened'

--- announced
-- KEYS own   ARGV record_prefix
local announced = 0
for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  announced = announced + (redis.call('HGET', ARGV[1] .. id, 'length') or 0)
end
return announced

--- held
-- KEYS record
local time = redis.call('TIME')
local until_ = tonumber(redis.call('HGET', KEYS[1], 'held_until') or 0)
if until_ > time[1] + time[2] / 1000000 then return 1 end
return 0

--- hold
-- KEYS record   ARGV lease_s   returns the writer's number, 0 when held, -1 when there is none
local stored = redis.call('HMGET', KEYS[1], 'writer', 'held_until')
if not stored[1] then return -1 end
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
if tonumber(stored[2]) > now then return 0 end
redis.call('HSET', KEYS[1], 'held_until', string.format('%.6f', now + ARGV[1]))
return redis.call('HINCRBY', KEYS[1], 'writer', 1)

--- renew
-- KEYS record   ARGV writer, lease_s
if redis.call('HGET', KEYS[1], 'writer') ~= ARGV[1] then return 0 end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], 'held_until',
  string.format('%.6f', time[1] + time[2] / 1000000 + ARGV[2]))
return 1

--- advance
-- KEYS record, missing   ARGV writer, offset, sha256, id
if redis.call('HGET', KEYS[1], 'writer') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'offset', ARGV[2], 'sha256', ARGV[3])
redis.call('HSET', KEYS[2], ARGV[4], redis.call('HGET', KEYS[1], 'length') - ARGV[2])
return 1

--- release
-- KEYS record   ARGV writer
if redis.call('HGET', KEYS[1], 'writer') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'held_until', 0)
return 1

--- close
-- KEYS record, expiries, own, missing, gone   ARGV id, tenant, kept_s
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('SREM', KEYS[3], ARGV[1])
redis.call('HDEL', KEYS[4], ARGV[1])
redis.call('SET', KEYS[5], ARGV[2], 'EX', ARGV[3])
return 1

--- expired
-- KEYS expiries   ARGV limit
local time = redis.call('TIME')
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', time[1] + time[2] / 1000000,
  'LIMIT', 0, ARGV[1])
