-- apply, rejections: counted always, kept newest first within bounds of number and bytes.
--
-- Redis keeps the fields of an entry in the order they were written: 4 topic, 8 payload, 12 list, 18 had.
local function forget(entry)
  local values = entry[2]
  rejectionBytes = rejectionBytes - #values[4] - #values[8] - #values[12] - #(values[18] or '')
  for _, told in ipairs(cmsgpack.unpack(values[12])) do
    call('HINCRBY', prefix .. 'rejections:kept', values[2] .. '|' .. told[1], -1)
  end
  call('XDEL', prefix .. 'rejections', entry[1])
end

for i = firstSettled, #ARGV do
  local entry = call('XRANGE', prefix .. 'rejections', ARGV[i], ARGV[i])[1]
  if entry then forget(entry) end
end
for i = 1, #rejections do
  local feed, topic, received, truncated, list, reasons, origin, retained = unpack(rejections[i])
  local payload, had = ARGV[11 + i], ARGV[11 + #rejections + i]
  local packed = cmsgpack.pack(list)
  call('XADD', prefix .. 'rejections', '*', 'feed', feed, 'topic', topic, 'at', string.format('%.0f', received), 'payload', payload,
    'truncated', truncated, 'list', packed, 'origin', origin, 'retained', retained, 'had', had)
  rejectionBytes = rejectionBytes + #topic + #payload + #packed + #had
  for _, told in ipairs(list) do
    call('HINCRBY', prefix .. 'rejections:kept', feed .. '|' .. told[1], 1)
  end
  for reason, n in pairs(reasons) do
    call('HINCRBY', prefix .. 'rejections:count', feed .. '|' .. reason, n)
  end
end
if #rejections > 0 then
  local surplus = call('XLEN', prefix .. 'rejections') - REJECTIONS
  while surplus > 0 or rejectionBytes > REJECTION_BYTES do
    local oldest = call('XRANGE', prefix .. 'rejections', '-', '+', 'COUNT', 1)[1]
    if not oldest then break end
    surplus = surplus - 1
    forget(oldest)
  end
end
if journaled > 0 or #rejections > 0 or firstSettled <= #ARGV then
  call('HSET', prefix .. 'journal', 'seq', string.format('%.0f', journalSeq), 'kept', journalKept, 'rejectionBytes', rejectionBytes)
end

