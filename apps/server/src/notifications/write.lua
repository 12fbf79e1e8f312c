-- write.lua: writes fields of the courier's hashes, all or none, if it still is the one that sends.
--
-- KEYS[1] cw:{notify}:lease · [2] cw:{notify}:term · [3…] hashes
-- ARGV[1] owner · [2] ms the lease lasts · [3] the term that the owner knows: everything it remembers is of that one
--   · then number of a hash in KEYS, field, text ('' removes it), again and again
-- Returns the term · 0 another process has the lease, or had it since: nothing was done.
--
-- A lease that ran out may be taken up again, and written under, as long as nobody else had it: then the term is the same.

local call = redis.call
local holder = call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
local term = call('GET', KEYS[2]) or '0'
if ARGV[3] ~= term then
  if #ARGV > 3 then return 0 end
  if not holder then
    -- by the clock: in a Redis that was emptied it must not be one that somebody knows
    term = math.max(tonumber(term) + 1, tonumber(call('TIME')[1]))
    call('SET', KEYS[2], string.format('%d', term))
  end
end
call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
for i = 4, #ARGV, 3 do
  local key = KEYS[tonumber(ARGV[i])]
  if ARGV[i + 2] == '' then call('HDEL', key, ARGV[i + 1]) else call('HSET', key, ARGV[i + 1], ARGV[i + 2]) end
end
return tonumber(term)
