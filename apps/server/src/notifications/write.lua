-- write.lua: writes fields of the courier's hashes, all or none, if it still is the one that sends.
--
-- KEYS[1] cw:{notify}:lease · [2…] hashes
-- ARGV[1] owner · [2] ms the lease lasts · then number of a hash in KEYS, field, text ('' removes it), again and again
-- Returns 1 done · 0 another process has the lease: nothing was done.

local call = redis.call
local holder = call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
for i = 3, #ARGV, 3 do
  local key = KEYS[tonumber(ARGV[i])]
  if ARGV[i + 2] == '' then call('HDEL', key, ARGV[i + 1]) else call('HSET', key, ARGV[i + 1], ARGV[i + 2]) end
end
return 1
