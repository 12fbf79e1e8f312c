/**
 * The shape of a feed as a pack's `feeds.yaml` (or a recipe) says it, after the YAML is parsed and recipes are expanded.
 * `@citywall/pack-schema` checks files against these types; `compileFeeds` turns them into closures.
 * Every optional key may also be present and `undefined`, because that is what schema validators infer.
 */

export type Scalar = string | number | boolean | null;

/** `30s` `5m` `2h` `1d`, or a number of milliseconds. */
export type Duration = number | string;

/**
 * A path into the decoded message: `a.b[0].c`, `a["x.y"]`, `[-1]` (last). Relative to the current element (the root of
 * the message where there is no `each`); `$` the root, `@` the current element, `^` its parent (`^^` grand-parent).
 * Only own properties are ever read.
 */
export type PathText = string;

/** `reservoir/{stcd}`: `{capture}` `{let}` `{key}` `{index}` `{at}` (resolved time, Unix ms) `{$.path}` `{@.path}` `{^.path}`. */
export type TemplateText = string;

/** Where a value is read from. Absent: the message (by `path`). */
export const SOURCES = ['topic', 'key', 'index', 'let', 'at'] as const;
/**
 * `topic` + path: the capture of that name, without path the whole topic ·
 * `key` / `index`: the current entry of `each` (path `^` or `^^`: an outer one) · `let` + path: a named value, or a path into it (`inner.temperature`) ·
 * `at`: the resolved event time, Unix ms.
 */
export type Source = (typeof SOURCES)[number];

/** An operator: its bare name, or one key with its arguments: `number`, `{ scale: 0.01 }`, `{ unit: [kPa, bar] }`. */
export type OpSpec = string | Record<string, unknown>;

export const PII_CLASSES = ['phone', 'name', 'id', 'plate', 'address'] as const;
export type PiiClass = (typeof PII_CLASSES)[number];

/** What a value is read from; shared by values, conditions, times and qualities. */
export interface Readable {
  path?: PathText | undefined;
  from?: Source | undefined;
  const?: Scalar | undefined;
  text?: TemplateText | undefined;
  /** alternatives in order: the first that is present, and whose `when` holds, counts */
  first?: ValueSpec[] | undefined;
  /** decoders for what was read (base64 in JSON, JSON in a text, bytes of a struct), before `ops` */
  decode?: DecodeStep | DecodeStep[] | undefined;
  ops?: OpSpec[] | undefined;
}

export const VALUE_KINDS = ['number', 'text', 'bool', 'list', 'object'] as const;
export type ValueKind = (typeof VALUE_KINDS)[number];

/** A condition on one value. Several tests on one value must all hold; all but `exists: false` need it present. */
export interface Condition extends Readable {
  /** equal to this, or to one of these */
  is?: Scalar | Scalar[] | undefined;
  /** one of these (the same as `is` with a list) */
  in?: Scalar[] | undefined;
  /** present and not a missing marker */
  exists?: boolean | undefined;
  /** of this kind, or one of these */
  type?: ValueKind | ValueKind[] | undefined;
  /** regular expression over the text of the value */
  matches?: string | undefined;
  above?: number | undefined;
  below?: number | undefined;
  atLeast?: number | undefined;
  atMost?: number | undefined;
}

export type WhenSpec = Condition | { all: WhenSpec[] } | { any: WhenSpec[] } | { not: WhenSpec };

export const TIME_FORMS = ['iso', 'unix', 'unix_s', 'unix_ms', 'unix_us', 'unix_ns', 'rfc822', 'pattern'] as const;
/** `unix`: seconds, ms, µs or ns told apart by magnitude. */
export type TimeForm = (typeof TIME_FORMS)[number];

/** One way to read a time. */
export interface TimeForms extends Readable {
  as: TimeForm;
  /** for `as: pattern`: `yyyy-MM-dd HH:mm:ss`, `yyyyMMddHHmmss`, `yyMMddHHmm`, `.SSS`, `'literal'`, `XXX` offset */
  pattern?: string | undefined;
  /** for texts without an offset: IANA name or `+08:00`; default the pack's zone */
  zone?: string | undefined;
  when?: WhenSpec | undefined;
}

/** One way, or alternatives in order: the first that is present counts. */
export type TimeSpec = TimeForms | TimeForms[];

/** Marks a reading by what the vendor says of it; anything but good carries the flag `vendor`. */
export interface QualitySpec extends Readable {
  good?: Scalar[] | undefined;
  uncertain?: Scalar[] | undefined;
  bad?: Scalar[] | undefined;
  /** for values in none of the lists; default `good`, or `uncertain` where only `good` is given */
  otherwise?: 'good' | 'uncertain' | 'bad' | undefined;
}

export const CRS_NAMES = ['WGS84', 'CGCS2000', 'GCJ02', 'BD09'] as const;
export type CrsName = (typeof CRS_NAMES)[number];

export const POINT_ORDERS = ['lonlat', 'latlon'] as const;
export type PointOrder = (typeof POINT_ORDERS)[number];

/**
 * A place in the vendor's coordinates; converted to WGS-84. Either `lon` and `lat` (a string is a path), or `point`: a
 * GeoJSON geometry or feature (of lines and areas the middle of their box), a list `[a, b]`, or text that begins with
 * two numbers (`-16.05,-173.27 25.0`). A string for crs is a literal name.
 */
export interface PlaceSpec {
  lon?: ValueSpec | undefined;
  lat?: ValueSpec | undefined;
  point?: ValueSpec | undefined;
  /** of a `point` that is a list or text; default lonlat. GeoJSON is always lonlat */
  order?: PointOrder | undefined;
  /** default WGS84; an object reads it from the message (`GCJ-02`, `gcj02`, `BD-09` … all understood) */
  crs?: string | ValueObject | undefined;
}

/** The unit a number comes in stands in the message; the number is converted. */
export interface UnitSpec extends Readable {
  /** the unit of the catalogue */
  to: string;
  /** where the message names none; without it such a number is rejected */
  default?: string | undefined;
}

export interface ValueObject extends Readable {
  /** appended to `ops` as `{ lookup }`; text is the name of a dictionary */
  lookup?: Record<string, Scalar> | string | undefined;
  /** after `ops`: converts the number from the unit that the message names */
  unit?: UnitSpec | undefined;
  /** taken where the value is missing */
  default?: Scalar | undefined;
  /** missing is no rejection */
  optional?: boolean | undefined;
  /** replaces the feed's `missing` for this value */
  missing?: Scalar[] | undefined;
  /** the value is left out (silently) where this does not hold */
  when?: WhenSpec | undefined;
  /** own time of this value; default the feed's `at` */
  at?: TimeSpec | undefined;
  quality?: QualitySpec | undefined;
  /** a position `[lon, lat]` instead of a scalar */
  place?: PlaceSpec | undefined;
  pii?: PiiClass | false | undefined;
}

/** A path, or how to read and work a value. */
export type ValueSpec = string | ValueObject;

/** A reading whose metric name is a template. */
export interface ReadingSpec extends ValueObject {
  metric: TemplateText;
  /** other asset than the feed's */
  asset?: TemplateText | undefined;
}

/** Where fan-out elements come without own times: element i has `at` + i × every (`backwards`: the last is `at`). */
export interface StepSpec {
  every: Duration;
  backwards?: boolean | undefined;
  /** element 0 has `at`, those after it are older */
  newestFirst?: boolean | undefined;
}

/** One level of fan-out. */
export interface EachStep {
  /** an array, or an object's entries with a trailing `.*` (`*` alone: entries of the element itself) */
  path: PathText;
  /** `let`: the path begins with the name of a named value */
  from?: 'let' | undefined;
  /** entry keys to take, or to leave; `*` at the beginning or end of a word stands for anything */
  only?: string[] | undefined;
  except?: string[] | undefined;
  /** take only elements that are text, number or boolean */
  scalars?: boolean | undefined;
  /** goes down to every text, number and boolean, however nested; the key is their way, `switch.aenergy.by_minute.0` */
  leaves?: boolean | undefined;
  /** lists of the object that run side by side: element i is `{name: list[i], …}` */
  zip?: string[] | undefined;
  /** rows of a table: names of the columns, or the path (from the element before fan-out) of the list of names */
  columns?: string[] | PathText | undefined;
  step?: StepSpec | undefined;
  when?: WhenSpec | undefined;
  /** absent or null is no rejection */
  optional?: boolean | undefined;
}

/** A path, a step, or nested levels from the outside in. */
export type EachSpec = string | EachStep | (string | EachStep)[];

/** The object, or the object and which of its entries (`*` at the beginning or end stands for anything). */
export type RestSpec = PathText | { path: PathText; only?: string[] | undefined; except?: string[] | undefined };

export interface OccurrenceSpec {
  /** upsert key within the system */
  id: ValueSpec;
  /** occurrence type; may be a template */
  type: TemplateText;
  when?: WhenSpec | undefined;
  asset?: TemplateText | undefined;
  at?: TimeSpec | undefined;
  /** when the whole of it began; absent: nothing says so */
  began?: TimeSpec | undefined;
  /** `began` is the beginning of a span this long in which it was; default 0s */
  beganWithin?: Duration | undefined;
  status: ValueSpec;
  level?: ValueSpec | undefined;
  place?: (PlaceSpec & { optional?: boolean | undefined }) | undefined;
  /** a retained message older than this makes no occurrence; default 24h */
  staleAfter?: Duration | undefined;
  fields?: Record<string, ValueSpec> | undefined;
  /** fields whose names only the message knows: the plain entries of an object, at most 50 */
  rest?: RestSpec | undefined;
}

/** Tables of words by code, by name: `{ factors: { a34004: pm25 } }`; used as `lookup: factors`. */
export type Dicts = Record<string, Record<string, Scalar>>;

/** A decoder by name, or one key with its options: `json`, `{ csv: { header: true, separator: ";" } }`. */
export type DecodeStep = string | Record<string, unknown>;

/** What a feed promises beside `expect` and `quiet`; units, ranges and rates of change are promised by its metrics. */
export interface ContractSpec {
  /** messages of the whole feed: so many in every span of `per` */
  rate?: { per: Duration; min?: number | undefined; max?: number | undefined } | undefined;
  /** longest normal time between measuring and receiving */
  maxAge?: Duration | undefined;
  /** regular expression of asset keys, whole; a reading of another key is rejected (`asset`) */
  idScheme?: string | undefined;
}

export interface FeedSpec {
  id: string;
  /** `{name}` one level, `{name...}` any number of levels (may be followed by fixed ones), `+` `#` as in MQTT */
  topic: string | string[];
  /** topics not to take, same patterns */
  exclude?: string[] | undefined;
  broker?: string | undefined;
  /** group of a shared subscription: several ingest processes share the messages */
  share?: string | undefined;
  qos?: 0 | 1 | undefined;
  priority?: 'normal' | 'high' | undefined;
  /** longest normal time between messages; silence of three times this is a notice */
  expect?: Duration | undefined;
  /** `22:00-06:00`: silence is normal then */
  quiet?: string | undefined;
  contract?: ContractSpec | undefined;
  assets?: 'discovered' | 'declared' | undefined;
  maxAssets?: number | undefined;
  journal?: boolean | undefined;
  retained?: 'state' | 'ignore' | undefined;
  /** default json */
  decode?: DecodeStep | DecodeStep[] | undefined;
  /** markers that count as absent; null and absent always do */
  missing?: Scalar[] | undefined;
  when?: WhenSpec | undefined;
  /** take the message only if no feed before took it */
  otherwise?: boolean | undefined;
  /** take the message and yield nothing */
  ignore?: boolean | undefined;
  /** dictionaries of this feed; those of the file come along */
  dicts?: Dicts | undefined;
  let?: Record<string, ValueSpec> | undefined;
  each?: EachSpec | undefined;
  /** `type/key` */
  asset?: TemplateText | undefined;
  at?: TimeSpec | undefined;
  readings?: Record<string, ValueSpec> | ReadingSpec[] | undefined;
  occurrences?: OccurrenceSpec[] | undefined;
}

/** A metric a recipe suggests to the pack that uses it; same shape as in `metrics.yaml`. */
export interface RecipeMetric {
  /** `type/metric` */
  id: string;
  name: { zh: string; en: string };
  kind: 'gauge' | 'counter' | 'state' | 'text' | 'position';
  unit?: string | undefined;
  decimals?: number | undefined;
  [more: string]: unknown;
}

/** `libs/recipes/<name>/recipe.yaml`: ready feeds for a published format. */
export interface RecipeSpec {
  id: string;
  name: { zh: string; en: string };
  /** the published format, in words with its address */
  source: string;
  /** units and kinds of what the feeds bring; a pack may take them over or declare its own */
  metrics?: RecipeMetric[] | undefined;
  /** dictionaries of all its feeds */
  dicts?: Dicts | undefined;
  feeds: FeedSpec[];
}

/** Feeds with the dictionaries of the file they stand in; a feed's own go before. */
export function withDicts(feeds: readonly FeedSpec[], dicts: Dicts | undefined): FeedSpec[] {
  return feeds.map((feed) => (dicts ? { ...feed, dicts: { ...dicts, ...feed.dicts } } : feed));
}
