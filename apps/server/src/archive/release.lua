-- release.lua: gives the archiver's lease back, so that another process need not wait until it ends.
--
-- KEYS[1] cw:archive
-- ARGV[1] owner

if redis.call('HGET', KEYS[1], 'owner') == ARGV[1] then redis.call('HDEL', KEYS[1], 'owner', 'until') end
return 1
