-- The scripts of adapters/redis_endpoints.py, one a section.

--- add
-- KEYS endpoint, endpoints of the tenant   ARGV id, document, created, most, disabled
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[4]) then return 0 end
redis.call('HSET', KEYS[1], 'document', ARGV[2], 'disabled', ARGV[5], 'version', 0, 'give_ups', 0)
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
return 1

--- save
-- KEYS endpoint   ARGV document, disabled, version
local version = redis.call('HGET', KEYS[1], 'version')
if not version then return nil end
if version ~= ARGV[3] then return 0 end
redis.call('HSET', KEYS[1], 'document', ARGV[1], 'disabled', ARGV[2], 'give_ups', 0)
redis.call('HINCRBY', KEYS[1], 'version', 1)
return 1

--- disable
-- KEYS endpoint   ARGV reason
if redis.call('HGET', KEYS[1], 'disabled') ~= '' then return 0 end
redis.call('HSET', KEYS[1], 'disabled', ARGV[1])
redis.call('HINCRBY', KEYS[1], 'version', 1)
return 1

--- delivered
-- KEYS endpoint
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
return redis.call('HSET', KEYS[1], 'give_ups', 0)

--- given_up
-- KEYS endpoint   ARGV most, reason
if redis.call('HGET', KEYS[1], 'disabled') ~= '' then return 0 end
if redis.call('HINCRBY', KEYS[1], 'give_ups', 1) < tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'disabled', ARGV[2])
redis.call('HINCRBY', KEYS[1], 'version', 1)
return 1
