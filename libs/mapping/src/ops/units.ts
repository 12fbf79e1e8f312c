/**
 * Units by dimension: value in the base unit = value × factor + offset. Spellings as vendors and SenML (RFC 8428)
 * write them; the catalogue's own spelling stands first.
 */
interface UnitEntry {
  dimension: string;
  factor: number;
  offset: number;
}

const DIMENSIONS: Record<string, [spellings: string, factor: number, offset?: number][]> = {
  length: [
    ['m', 1],
    ['cm', 0.01],
    ['mm', 0.001],
    ['km', 1000],
    ['in', 0.0254],
    ['ft', 0.3048],
    ['mi', 1609.344],
  ],
  area: [
    ['m2 m² ㎡', 1],
    ['km2 km²', 1e6],
    ['ha', 1e4],
    ['mu 亩', 10_000 / 15],
  ],
  volume: [
    ['m3 m³', 1],
    ['L l', 0.001],
    ['10⁴m³ 万m³ 万方', 1e4],
    ['10⁶m³ 百万m³', 1e6],
    ['10⁸m³ 亿m³', 1e8],
  ],
  speed: [
    ['m/s', 1],
    ['km/h', 1 / 3.6],
    ['kn', 1852 / 3600],
    ['mph', 0.447_04],
  ],
  flow: [
    ['m3/s m³/s', 1],
    ['m3/h m³/h', 1 / 3600],
    ['m3/d m³/d', 1 / 86_400],
    ['L/s l/s', 0.001],
    ['L/min l/min', 0.001 / 60],
    ['L/h l/h', 0.001 / 3600],
  ],
  pressure: [
    ['Pa', 1],
    ['hPa mbar', 100],
    ['kPa', 1000],
    ['MPa', 1e6],
    ['bar', 1e5],
    ['psi', 6894.757_293_168],
    ['mmHg', 133.322_387_415],
    ['inHg', 3386.389],
    ['mH2O', 9806.65],
  ],
  temperature: [
    ['Cel °C ℃ degC C', 1],
    ['K', 1, -273.15],
    ['degF °F ℉ F', 5 / 9, -160 / 9],
  ],
  energy: [
    ['kWh', 3.6e6],
    ['Wh', 3600],
    ['MWh', 3.6e9],
    ['J', 1],
    ['kJ', 1000],
    ['MJ', 1e6],
    ['GJ', 1e9],
  ],
  power: [
    ['W', 1],
    ['kW', 1000],
    ['MW', 1e6],
  ],
  voltage: [
    ['V', 1],
    ['mV', 0.001],
    ['kV', 1000],
  ],
  current: [
    ['A', 1],
    ['mA', 0.001],
  ],
  mass: [
    ['kg', 1],
    ['g', 0.001],
    ['mg', 1e-6],
    ['t', 1000],
  ],
  concentration: [
    ['mg/m3 mg/m³', 1],
    ['ug/m3 µg/m3 µg/m³ μg/m3 μg/m³', 0.001],
    ['g/m3 g/m³', 1000],
  ],
  solution: [
    ['mg/L mg/l', 1],
    ['ug/L µg/L μg/L ug/l', 0.001],
    ['g/L g/l', 1000],
  ],
  ratio: [
    ['1 /', 1],
    ['% %RH %EL', 0.01],
    ['‰', 0.001],
    ['ppm', 1e-6],
    ['ppb', 1e-9],
  ],
  time: [
    ['s', 1],
    ['ms', 0.001],
    ['min', 60],
    ['h', 3600],
    ['d', 86_400],
  ],
  angle: [
    ['deg °', 1],
    ['rad', 180 / Math.PI],
  ],
  conductivity: [
    ['mS/cm', 1],
    ['uS/cm µS/cm μS/cm', 0.001],
    ['dS/m', 1],
  ],
  money: [
    ['元 CNY', 1],
    ['万元', 1e4],
    ['百万元', 1e6],
    ['亿元', 1e8],
  ],
  frequency: [
    ['Hz', 1],
    ['kHz', 1000],
    ['MHz', 1e6],
  ],
};

const UNITS = new Map<string, UnitEntry>();
for (const [dimension, units] of Object.entries(DIMENSIONS)) {
  for (const [spellings, factor, offset = 0] of units) {
    for (const spelling of spellings.split(' ')) UNITS.set(spelling, { dimension, factor, offset });
  }
}

/** All spellings, by dimension, for the reference. */
export function unitSpellings(): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(DIMENSIONS).map(([dimension, units]) => [dimension, units.flatMap(([s]) => s.split(' '))]),
  );
}

/** Conversion between two units, or a sentence saying why there is none. */
export function conversion(from: string, to: string): ((value: number) => number) | string {
  const a = UNITS.get(from);
  const b = UNITS.get(to);
  if (!a || !b) return `the unit ${JSON.stringify(a ? to : from)} is not known`;
  if (a.dimension !== b.dimension) return `${from} is ${a.dimension}, ${to} is ${b.dimension}`;
  if (a.offset === 0 && b.offset === 0) {
    const ratio = a.factor / b.factor;
    // a division by 1000 is exact where a multiplication by 0.001 is not
    if (ratio < 1) {
      const divisor = b.factor / a.factor;
      if (Number.isInteger(divisor)) return (value) => value / divisor;
    }
    return (value) => value * ratio;
  }
  return (value) => (value * a.factor + a.offset - b.offset) / b.factor;
}
