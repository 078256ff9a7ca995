-- The script of adapters/redis_keys.py. KEYS and ARGV are listed at its head.

--- note
-- KEYS used   ARGV id, now, interval_s
local before = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or 0)
if ARGV[2] - before >= tonumber(ARGV[3]) then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
return 1
