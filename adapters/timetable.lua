-- The scripts of adapters/redis_timetable.py, one a section.

--- keep_at_most
-- KEYS record, erasures   ARGV id, seconds
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local time = redis.call('TIME')
return redis.call('ZADD', KEYS[2], 'LT', time[1] + time[2] / 1000000 + ARGV[2], ARGV[1])
