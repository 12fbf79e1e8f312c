-- newest.lua: newest values of some assets, as rows of the change channel.
--
-- KEYS[1] cw:{system}:assets    routes the call
-- ARGV[1] prefix                cw:{system}:
-- ARGV[2…] type/key of the assets, at most some hundred
-- Returns msgpack: an array of rows.

local rows = {}
for i = 2, #ARGV do
  local head = '\153' .. cmsgpack.pack(ARGV[i])
  local values = redis.call('HGETALL', ARGV[1] .. 'a:' .. ARGV[i])
  for j = 1, #values, 2 do
    -- Before the rest of the row stand 23 bytes, spans under way of 40 bytes (none, one or two) and marks of 8 bytes.
    local record = values[j + 1]
    local spans, marks = string.byte(record, 21, 22)
    rows[#rows + 1] = head .. cmsgpack.pack(values[j]) .. string.sub(record, 24 + spans * 40 + marks * 8)
  end
end
return struct.pack('>BI4', 0xdd, #rows) .. table.concat(rows)
