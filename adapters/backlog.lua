-- The script of adapters/redis_backlog.py.

--- look
-- KEYS lengths, queued, processing, outbox, deliveries, erasures   ARGV event_prefix, most
-- Returns for each heap: how many, how many of known length, their seconds; then for each of
-- the three that may be late: how many, and for how long the oldest. Numbers are text.
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local lengths, told = {}, redis.call('HGETALL', KEYS[1])
for i = 1, #told, 2 do lengths[told[i]] = told[i + 1] end
local answer, known = {}, {}
for heap = 2, 3 do
  local ids, announced, seconds = redis.call('ZRANGE', KEYS[heap], 0, -1), 0, 0
  for _, id in ipairs(ids) do
    if lengths[id] then
      announced, seconds, known[id] = announced + 1, seconds + lengths[id], true
    end
  end
  answer[#answer + 1] = {tostring(#ids), tostring(announced), string.format('%.3f', seconds)}
end
for id, _ in pairs(lengths) do
  if not known[id] then redis.call('HDEL', KEYS[1], id) end
end
-- An ending that is being told, or was and failed, has a later score: it says itself since when.
local oldest, endings = nil, redis.call('ZRANGE', KEYS[4], 0, ARGV[2] - 1, 'WITHSCORES')
for i = 1, #endings, 2 do
  local at = tonumber(redis.call('HGET', ARGV[1] .. endings[i], 'at') or endings[i + 1])
  if not oldest or at < oldest then oldest = at end
end
local age = oldest and math.max(0, now - oldest) or 0
answer[3] = {tostring(redis.call('ZCARD', KEYS[4])), string.format('%.3f', age)}
for late = 5, 6 do
  local first = redis.call('ZRANGE', KEYS[late], 0, 0, 'WITHSCORES')
  local waits = first[2] and math.max(0, now - first[2]) or 0
  local count = redis.call('ZCOUNT', KEYS[late], '-inf', now)
  answer[#answer + 1] = {tostring(count), string.format('%.3f', waits)}
end
return answer
