-- The scripts of adapters/redis_idempotency.py, one a section. Time is Redis' own, in seconds.

--- take
-- KEYS mark   ARGV holder, fresh, lease_s, kept_s
local found = redis.call('HMGET', KEYS[1], 'holder', 'until', 'id', 'fingerprint', 'kept')
if found[5] then return {found[3], found[4] or '', 1} end
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
if found[3] and found[1] ~= ARGV[1] and tonumber(found[2]) > now then return false end
local id = found[3] or ARGV[2]
redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'until', now + ARGV[3], 'id', id)
redis.call('EXPIRE', KEYS[1], ARGV[4])
return {id, found[4] or '', 0}

--- hold
-- KEYS mark   ARGV holder, lease_s, fingerprint or ''
local found = redis.call('HMGET', KEYS[1], 'holder', 'kept')
if found[1] ~= ARGV[1] or found[2] then return 0 end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], 'until', time[1] + time[2] / 1000000 + ARGV[2])
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'fingerprint', ARGV[3]) end
return 1

--- keep
-- KEYS mark   ARGV holder, kept_s
if redis.call('HGET', KEYS[1], 'holder') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'kept', 1)
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1

--- release
-- KEYS mark   ARGV holder
local found = redis.call('HMGET', KEYS[1], 'holder', 'kept')
if found[1] == ARGV[1] and not found[2] then redis.call('DEL', KEYS[1]) end
return 1
