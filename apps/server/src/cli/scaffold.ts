/** What the scaffold is told. */
export interface ScaffoldNames {
  /** system id: also the folder and the first topic level */
  id: string;
  zh: string;
  en: string;
  /** path from the new folder to `docs/reference/schema`, for editors */
  schemas: string;
}

/**
 * The files of a new pack, by path: small, whole and commented, so that it passes `check` and `test` as it is and can be
 * changed line by line into the real one.
 */
export function scaffold(names: ScaffoldNames): Map<string, string> {
  return new Map(
    Object.entries({
      'pack.yaml': pack(names),
      'metrics.yaml': metrics(names),
      'feeds.yaml': feeds(names),
      'alarms.yaml': alarms(names),
      'kpis.yaml': kpis(names),
      'scene.yaml': scene(names),
      'assets.geojson': assets(),
      'cases/first-message.yaml': firstCase(names),
      'timelines/first-alarm.yaml': firstTimeline(names),
    }),
  );
}

const head = (names: ScaffoldNames, file: string): string =>
  `# yaml-language-server: $schema=${names.schemas}/${file}.schema.json\n`;

const pack = (names: ScaffoldNames): string => `${head(names, 'pack')}
# What this system is. The folder has the same name as the id.
id: ${names.id}
name: { zh: ${text(names.zh)}, en: ${text(names.en)} }
# two to four characters for narrow places
short: { zh: ${text(names.zh.slice(0, 4))}, en: ${text(names.en)} }
# place among the systems on the wall, lower first
order: 500

# Kinds of things that have values. An asset is written type/key: station/S-001.
assetTypes:
  station:
    name: { zh: 站点, en: Station }
    # what a healthy asset keeps fresh; "12/14 stations fresh" counts these
    expected: [level]
`;

const metrics = (names: ScaffoldNames): string => `${head(names, 'metrics')}
# The catalogue: every value a feed brings is declared here as type/metric.
metrics:
  - id: station/level
    name: { zh: 液位, en: Level }
    unit: cm
    kind: gauge               # gauge, counter, state, text or position
    range: [0, 500]           # outside is marked bad, never thrown away
    ratePerMinute: 50         # a faster change is marked uncertain
    staleAfter: 15m           # older than this is shown as stale
    history: day              # none, hour, day or quarter
    decimals: 1
  - id: station/state
    name: { zh: 状态, en: State }
    kind: state
    states:
      stopped: { zh: 停止, en: Stopped }
      running: { zh: 运行, en: Running }
      fault: { zh: 故障, en: Fault }
`;

const feeds = (names: ScaffoldNames): string => `${head(names, 'feeds')}
# Where messages come from and how they are read. This feed reads
#   topic    ${names.id}/S-001/telemetry
#   payload  {"ts":1783578900000,"level":"123.4","state":1}
# Try one of yours: npm run citywall -- explain --topic … --payload '…'
feeds:
  - id: telemetry
    topic: ${names.id}/{station}/telemetry    # {station} captures one level of the topic
    expect: 5m                # silence of three times this is said on the wall
    asset: station/{station}  # type/key; a key may come from the topic {station} or the payload {$.id}
    at: { path: ts, as: unix_ms }   # measured when: unix_s, unix_ms, iso, pattern …
    readings:
      # metric: where it stands in the payload, and what is done to it, in order
      level: { path: level, ops: [number, { round: 1 }] }
      state: { path: state, ops: [text], lookup: { "0": stopped, "1": running, "2": fault }, optional: true }
`;

const alarms = (names: ScaffoldNames): string => `${head(names, 'alarms')}
# When somebody must know; proven by timelines/*.yaml. Hysteresis (clearBelow) keeps a value on the edge from ringing.
alarms:
  - id: level-high
    metric: station/level
    when: { above: { attribute: limit }, clearBelow: { attribute: limit, plus: -10 } }   # the asset's own limit
    for: 2m
    priority: 3               # 1 red, 2 orange, 3 yellow, 4 blue
    text: { zh: "{asset} 液位 {value} 厘米", en: "{asset} level {value} cm" }
    guidance: { zh: 核实现场情况, en: Verify on site }
`;

const kpis = (names: ScaffoldNames): string => `${head(names, 'kpis')}
# Figures with a name. Each is a view: a question that is asked again with every change.
kpis:
  - id: over-limit
    name: { zh: 超限站点, en: Stations above limit }
    unit: { zh: 处, en: "" }
    view: { kind: aggregate, of: station/level, fn: count, where: { above: { attribute: limit } } }
`;

const scene = (names: ScaffoldNames): string => `${head(names, 'scene')}
# The picture: /display?scene=${names.id}. Panels stand in a grid and ask views.
scenes:
  - id: ${names.id}
    name: { zh: ${text(names.zh)}, en: ${text(names.en)} }
    grid: { columns: 24, rows: 24 }
    panels:
      - id: highest
        type: figure
        at: { x: 0, y: 0, w: 12, h: 5 }
        title: { zh: 最高液位, en: Highest level }
        views:
          main: { kind: aggregate, of: station/level, fn: max }
        options:
          main: { show: value, unit: { zh: cm, en: cm }, decimals: 1 }
          side: { show: name }
      - id: over-limit
        type: figure
        at: { x: 12, y: 0, w: 12, h: 5 }
        title: { zh: 超限站点, en: Stations above limit }
        views:
          main: { kind: aggregate, of: station/level, fn: count, where: { above: { attribute: limit } } }
        options:
          main: { show: value, unit: { zh: 处, en: stations }, decimals: 0 }
      - id: ranking
        type: ranking
        at: { x: 0, y: 5, w: 12, h: 19 }
        title: { zh: 液位排行, en: Levels }
        scope: { zh: cm, en: cm }
        views:
          rows: { kind: rank, of: station/level, order: desc, limit: 10 }
      - id: trend
        type: line
        at: { x: 12, y: 5, w: 12, h: 19 }
        title: { zh: S-001 液位, en: Level of S-001 }
        views:
          series: { kind: series, asset: station/S-001, metric: level, window: 3h, step: 1m }
          latest: { kind: latest, assets: [station/S-001], metrics: [level] }
        options:
          unit: { zh: cm, en: cm }
          decimals: 1
          minSpan: 20           # smallest height of the axis: noise never fills the panel
          limits: [{ attribute: limit, name: { zh: 限值, en: limit }, style: dashed }]
`;

const assets = (): string => `{
  "type": "FeatureCollection",
  "features": [
    {
      "type": "Feature",
      "id": "station/S-001",
      "properties": { "name": "一号站", "town": "桂溪街道", "placement": "schematic", "limit": 200 },
      "geometry": { "type": "Point", "coordinates": [107.345, 30.333] }
    }
  ]
}
`;

const firstCase = (names: ScaffoldNames): string => `${head(names, 'case')}
# A golden case: one message and exactly what must come of it. npm run citywall -- test
name: one station reports its level and state
topic: ${names.id}/S-001/telemetry
payload:
  json: { ts: 1783578900000, level: "123.4", state: 1 }
receivedAt: 2026-07-09T14:35:02+08:00
expect:
  readings:
    - { asset: station/S-001, metric: level, value: 123.4, at: 2026-07-09T14:35:00+08:00 }
    - { asset: station/S-001, metric: state, value: running, at: 2026-07-09T14:35:00+08:00 }
`;

const firstTimeline = (names: ScaffoldNames): string => `${head(names, 'timeline')}
# An alarm timeline: what comes in time, and what alarms must come of it. npm run citywall -- test
name: a level above its limit for two minutes
series:
  # null: no reading came
  - { asset: station/S-001, metric: level, every: 1m, values: [190, 201, 195, 201, null, 203, 195, 190, 189] }
expect:
  - { at: 3m, rule: level-high, asset: station/S-001, state: pending }      # above again: the two minutes begin anew
  - { at: 5m, rule: level-high, asset: station/S-001, state: active, value: 203 }
  - { at: 7m, rule: level-high, asset: station/S-001, state: active }       # 190 is not below 190: hysteresis
  - { at: 8m, asset: station/S-001, standing: [] }
`;

/** As YAML text inside a flow map. */
function text(value: string): string {
  return /^[\w\u4e00-\u9fff][\w\u4e00-\u9fff -]*$/.test(value) && !/^(true|false|null|[\d.]+)$/i.test(value)
    ? value.trim()
    : JSON.stringify(value);
}
