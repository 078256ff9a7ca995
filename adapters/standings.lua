-- The script of adapters/redis_standings.py.

--- look
-- KEYS queued, record of each   ARGV id of each
-- Returns for each: status, attempt, stage, percent, document, place in the queue; false is none.
local found = {}
for index, id in ipairs(ARGV) do
  local fields = redis.call('HMGET', KEYS[index + 1], 'status', 'attempt', 'stage', 'percent', 'document')
  fields[6] = fields[1] == 'queued' and redis.call('ZRANK', KEYS[1], id)
  found[index] = fields
end
return found
