-- release.lua: gives the courier's lease back, so that another process need not wait until it ends.
--
-- KEYS[1] cw:{notify}:lease
-- ARGV[1] owner

if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
