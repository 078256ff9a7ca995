-- The scripts of adapters/redis_deliveries.py, one a section. Time is Redis' own, in seconds.

--- add
-- KEYS delivery, due, assessment's log, endpoint's log, record
-- ARGV id, tenant, assessment, type, target, sequence, most_listed, delivery_prefix
if ARGV[3] ~= '' and redis.call('EXISTS', KEYS[5]) == 0 then return 0 end
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
redis.call('HSET', KEYS[1], 'tenant', ARGV[2], 'assessment', ARGV[3], 'type', ARGV[4],
  'target', ARGV[5], 'sequence', ARGV[6], 'created', now, 'state', 'pending',
  'tries', 0, 'number', 0, 'replays', 0)
redis.call('ZADD', KEYS[2], now, ARGV[1])
if ARGV[3] ~= '' then redis.call('ZADD', KEYS[3], now, ARGV[1]) end
if ARGV[5] == 'callback' then return 1 end
redis.call('ZADD', KEYS[4], now, ARGV[1])
for _, old in ipairs(redis.call('ZRANGE', KEYS[4], 0, -1 - ARGV[7])) do
  redis.call('ZREM', KEYS[4], old)
  if redis.call('HGET', ARGV[8] .. old, 'assessment') == '' then
    redis.call('DEL', ARGV[8] .. old, ARGV[8] .. old .. ':attempts')
    redis.call('ZREM', KEYS[2], old)
  end
end
return 1

--- take
-- KEYS due
-- ARGV delivery_prefix, lease_s, most_attempts, interrupted, lane_prefix, most_at_once, look_ahead,
--      page
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local id, lane
local full = {}
-- Looked at in pages: most often the first of all is taken.
for page = 0, ARGV[7] - ARGV[8], ARGV[8] do
  local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', page, ARGV[8])
  for _, one in ipairs(ids) do
    local told = redis.call('HMGET', ARGV[1] .. one, 'target', 'tenant')
    lane = ARGV[5] .. (told[1] == 'callback' and told[2] or told[1] or '')
    if not told[1] then
      redis.call('ZREM', KEYS[1], one)
    elseif not full[lane] then
      redis.call('ZREMRANGEBYSCORE', lane, '-inf', now)
      full[lane] = redis.call('ZCARD', lane) >= tonumber(ARGV[6])
      if not full[lane] then id = one end
    end
    if id then break end
  end
  if id or #ids < tonumber(ARGV[8]) then break end
end
if not id then return nil end
redis.call('ZADD', lane, now + ARGV[2], id)
redis.call('EXPIRE', lane, math.ceil(ARGV[2]))
local delivery, attempts = ARGV[1] .. id, ARGV[1] .. id .. ':attempts'
local last = redis.call('LINDEX', attempts, -1)
if last then
  last = cjson.decode(last)
  if not last.status and not last.error then
    last.error = ARGV[4]
    redis.call('LSET', attempts, -1, cjson.encode(last))
  end
end
redis.call('ZADD', KEYS[1], now + ARGV[2], id)
redis.call('HINCRBY', delivery, 'tries', 1)
local number = redis.call('HINCRBY', delivery, 'number', 1)
redis.call('RPUSH', attempts, cjson.encode({number = number, at = now}))
redis.call('LTRIM', attempts, -ARGV[3], -1)
return {id, redis.call('HGETALL', delivery), redis.call('LRANGE', attempts, 0, -1)}

--- settle
-- KEYS delivery, attempts, due, lane
-- ARGV id, number, replays, state, status, error, duration_ms, again_s   the last four may be ''
local stored = redis.call('HMGET', KEYS[1], 'number', 'replays')
if not stored[1] then return 0 end
local current = stored[1] == ARGV[2] and stored[2] == ARGV[3]
local time = redis.call('TIME')
local next_at = ARGV[8] ~= '' and time[1] + time[2] / 1000000 + ARGV[8] or nil
local index = ARGV[2] - stored[1] - 1
local entry = redis.call('LINDEX', KEYS[2], index)
if entry then
  entry = cjson.decode(entry)
  entry.status = tonumber(ARGV[5])
  entry.error = ARGV[6] ~= '' and ARGV[6] or nil
  entry.duration_ms = tonumber(ARGV[7])
  entry.next_at = current and next_at or nil
  redis.call('LSET', KEYS[2], index, cjson.encode(entry))
end
if not current then return 0 end
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('HSET', KEYS[1], 'state', ARGV[4])
if next_at then
  redis.call('ZADD', KEYS[3], next_at, ARGV[1])
else
  redis.call('ZREM', KEYS[3], ARGV[1])
end
return 1

--- replay
-- KEYS delivery, due   ARGV id
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], 'state', 'pending', 'tries', 0)
redis.call('HINCRBY', KEYS[1], 'replays', 1)
redis.call('ZADD', KEYS[2], time[1] + time[2] / 1000000, ARGV[1])
return 1

--- forget
-- KEYS endpoint's log, due   ARGV delivery_prefix
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if redis.call('HGET', ARGV[1] .. id, 'assessment') == '' then
    redis.call('DEL', ARGV[1] .. id, ARGV[1] .. id .. ':attempts')
    redis.call('ZREM', KEYS[2], id)
  end
end
return redis.call('DEL', KEYS[1])
