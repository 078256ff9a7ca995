-- The scripts of adapters/redis_listing.py, one a section.

--- page
-- KEYS the sets of places that are read, as one, newest first; behind them those of which an
--      item must be in one. The last key is the queue.
-- ARGV how many sets are read, from, to, how many items at most, how many places are looked at,
--      prefix of records, digits of a place before its id
-- Returns the last place looked at, or '' when nothing is behind it, and the items, each its
-- document, stage, percent, when its recording was erased, and its rank in the queue.
local sources, most = tonumber(ARGV[1]), tonumber(ARGV[5])
local places, cut, wanted = {}, false, {}
for i = 1, sources do
  local found = redis.call('ZREVRANGEBYLEX', KEYS[i], ARGV[2], ARGV[3], 'LIMIT', 0, most)
  for _, place in ipairs(found) do places[#places + 1] = place end
  cut = cut or #found == most
end
table.sort(places, function(a, b) return a > b end)
for i = sources + 1, #KEYS - 1 do wanted[KEYS[i]] = true end
local items, last = {}, 0
while last < #places and last < most and #items < tonumber(ARGV[4]) do
  last = last + 1
  local id = string.sub(places[last], ARGV[7] + 1)
  local fields = redis.call('HMGET', ARGV[6] .. id,
    'document', 'stage', 'percent', 'recording_erased_at', 'index')
  if fields[1] and (sources == #KEYS - 1 or wanted[fields[5]]) then
    fields[5] = redis.call('ZRANK', KEYS[#KEYS], id)
    items[#items + 1] = fields
  end
end
if last == #places and not cut then return {'', items} end
return {places[last], items}
