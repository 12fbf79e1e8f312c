-- apply, recent: the readings of a series that are remembered, to recognise repetitions.
--
-- Moves whole blocks of marks into the ring; gives back what is left of them, and the block that is written next.
local function keepRecent(series, marks, block)
  local key = prefix .. 'd:' .. series
  if #marks >= RING then
    call('SET', key, sub(marks, -RING), 'PX', RECENT_TTL)
    return '', 0
  end
  while #marks >= BLOCK do
    local length = call('SETRANGE', key, block * BLOCK, sub(marks, 1, BLOCK))
    if length < RING then
      call('SET', key, string.rep('\0', block * BLOCK) .. sub(marks, 1, BLOCK) .. string.rep('\0', RING - (block + 1) * BLOCK))
    end
    marks, block = sub(marks, BLOCK + 1), (block + 1) % (RING / BLOCK)
  end
  call('PEXPIRE', key, RECENT_TTL)
  return marks, block
end

