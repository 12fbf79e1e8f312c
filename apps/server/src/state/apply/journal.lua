-- apply, journal: the readings journal, in order of receipt.
--
-- The head of the list is a piece of it: a string that is made from two others is copied and hashed once more.
local rows, journaled = { '' }, 0
for i = 1, tonumber(ARGV[8]) do
  if heads[i] then
    journaled = journaled + 1
    rows[2 * journaled], rows[2 * journaled + 1] = heads[i], tails[i]
  end
end
local meta = call('HMGET', prefix .. 'journal', 'seq', 'kept', 'rejectionBytes')
local journalSeq, journalKept, rejectionBytes = tonumber(meta[1] or 0), tonumber(meta[2] or 0), tonumber(meta[3] or 0)
if journaled > 0 then
  local base = math.max(journalSeq + 1, now * 4096)
  journalSeq = base + journaled - 1
  rows[1] = packBytes('>BH', 0xdc, journaled)
  call('XADD', prefix .. 'readings', string.format('%.0f-0', base), 'n', journaled, 'b', concat(rows))
  journalKept = journalKept + journaled
  while journalKept > JOURNAL_READINGS do
    local oldest = call('XRANGE', prefix .. 'readings', '-', '+', 'COUNT', 1)[1]
    if not oldest then break end
    journalKept = journalKept - tonumber(oldest[2][2])
    call('XDEL', prefix .. 'readings', oldest[1])
  end
end

