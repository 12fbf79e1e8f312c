-- apply: one batch of one system into state, whole or not at all.
--
-- One script in parts, joined in this order when the server starts (scripts.ts): begin, windows, recent, readings, journal,
-- occurrences, rejections, finish. What a part declares as local, the later ones see. This part: arguments, bounds, and
-- whether the batch was applied before.
--
-- KEYS[1]  cw:{system}:seq    routes the call; every other key has the same prefix and hash tag
-- ARGV[1]  prefix             cw:{system}:
-- ARGV[2]  now                Unix ms, clock of the writer
-- ARGV[3]  writer             one per MQTT connection
-- ARGV[4]  run                16 bytes, another one for every run of a writer
-- ARGV[5]  number             number of this call within the run
-- ARGV[6]  feeds              msgpack [[feed, messages, lastAt, rejections], …]; readings name a feed by its place (0…)
-- ARGV[7]  readings           binary, grouped by asset and series: batch-encoder.ts has the layout
-- ARGV[8]  how many readings ARGV[7] holds
-- ARGV[9]  occurrences        msgpack [[place of the feed, id, at, hash, create 0|1, occurrence], …]
-- ARGV[10] rejections         msgpack [[feed, topic, receivedAt, truncated 0|1, [[reason, detail, path], …],
--                             { reason: how many }, origin, retained 0|1], …]
-- ARGV[11] deliveries         10 bytes each: packet id u16, hash of the message 8 bytes
-- ARGV[12…] payloads of the rejections, then for each of them what its message brought all the same (8 bytes a reading),
--           then ids of kept rejections that this batch settles: where one is no longer kept, it was settled before
--           and nothing is done
--
-- Returns {0 applied | 1 was applied before, n, n × (accepted, duplicates, late, occurrences) by place of the feed,
-- refused…}, each refused as "<place of the feed>|a|<type/key>" (maxAssets) or "…|m|…" (metrics of one asset).

local prefix, now, writer, run, number = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], tonumber(ARGV[5])
local call, unpackBytes, packBytes = redis.call, struct.unpack, struct.pack
local sub, floor, concat = string.sub, math.floor, table.concat

local JOURNAL_READINGS = 200000
local REJECTIONS, REJECTION_BYTES = 10000, 33554432
local OCCURRENCES, OCCURRENCE_LOG, STAGES = 100000, 50000, 32
local METRICS_OF_ASSET = 1000
-- A broker that was killed comes back as it was when it last saved (mosquitto: up to 30 s ago) and sends again what was
-- under way then: the ring reaches so far back up to 2,000 messages a second of a system.
local DELIVERIES = 65536
-- Recent readings are remembered as marks of 8 bytes: fewer than 8 of them in the newest value itself, a block of 8 at a
-- time in a ring of 8 blocks. The ring has its full size from the start: a string that grows takes twice its size.
local BLOCK, RING, RECENT_TTL = 64, 512, 1200000
local TEN_SECONDS, MINUTE, HOUR, DAY = 10000, 60000, 3600000, 86400000
-- ten-second slots of a chunk, and how far back they are kept
local TENS_OF_CHUNK, TENS_KEPT = 60, HOUR
-- ms back that windows are kept, by the code of `history`: none, hour, day, quarter
local MINUTES_KEPT = { [0] = 0, HOUR, DAY, DAY }
local HOURS_KEPT = 90 * DAY

-- ── a batch that was applied and is sent again (its answer was lost) changes nothing ──
local position = 0
local known = call('HGET', prefix .. 'writers', writer)
if known then
  local lastRun, lastNumber, lastPosition = unpackBytes('<c16dd', known)
  if lastRun == run and lastNumber >= number then
    return { 1, 0 }
  end
  position = lastPosition
end

local rejections = cmsgpack.unpack(ARGV[10])
local firstSettled = 12 + 2 * #rejections
for i = firstSettled, #ARGV do
  if #call('XRANGE', prefix .. 'rejections', ARGV[i], ARGV[i]) == 0 then return { 1, 0 } end
end

local feeds = cmsgpack.unpack(ARGV[6])
-- by place of the feed: accepted, duplicates, late, occurrences
local accepted, duplicates, late, happened = {}, {}, {}, {}
for i = 0, #feeds do
  accepted[i], duplicates[i], late[i], happened[i] = 0, 0, 0, 0
end
local refused = {}

