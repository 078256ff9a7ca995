-- mien:turns          tenants with assessments that wait, by how often each had its turn
-- mien:turns:TENANT   their assessments, by age
-- mien:turns-taken    hash: how often each tenant had its turn, while any waits
-- mien:turns-now      how often the tenant that was served last had had its turn

--- enter
-- KEYS record, queued, turns, taken, now; ARGV id, prefix of a tenant's set
local since = redis.call('ZSCORE', KEYS[2], ARGV[1])
local document = redis.call('HGET', KEYS[1], 'document')
if not since or not document then return 0 end
local tenant = cjson.decode(document)['tenant']
if string.find(tenant, '/', 1, true) then return 0 end
redis.call('ZADD', ARGV[2] .. tenant, since, ARGV[1])
if not redis.call('ZSCORE', KEYS[3], tenant) then
  local taken = tonumber(redis.call('HGET', KEYS[4], tenant) or 0)
  redis.call('ZADD', KEYS[3], math.max(taken, tonumber(redis.call('GET', KEYS[5]) or 0)), tenant)
end
return 1

--- next
-- KEYS told's record, turns, taken, now; ARGV told, prefix of a tenant's set, prefix of a record
local told = redis.call('HGET', KEYS[1], 'document')
if told and string.find(cjson.decode(told)['tenant'], '/', 1, true) then return ARGV[1] end
for _ = 1, 1000 do
  local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
  if not first[1] then
    redis.call('DEL', KEYS[3], KEYS[4])
    return ARGV[1]
  end
  local tenant, turn, waiting = first[1], tonumber(first[2]), ARGV[2] .. first[1]
  local id = redis.call('ZRANGE', waiting, 0, 0)[1]
  if id then redis.call('ZREM', waiting, id) end
  local serve = id and redis.call('HGET', ARGV[3] .. id, 'status') == 'queued'
  if serve then
    redis.call('SET', KEYS[4], turn)
    redis.call('HSET', KEYS[3], tenant, turn + 1)
    redis.call('ZADD', KEYS[2], turn + 1, tenant)
  end
  if redis.call('EXISTS', waiting) == 0 then redis.call('ZREM', KEYS[2], tenant) end
  if serve then return id end
end
return ARGV[1]
