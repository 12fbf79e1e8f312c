import type { z } from 'zod';
import { findings, nearest } from './issues.js';
import { readJson } from './json.js';
import { isMap, mergeLayers } from './merge.js';
import type { PackLayer } from './pack.js';
import { Places } from './places.js';
import { type PathStep, type Problem, type Spot, showPath } from './problem.js';
import { readYaml } from './yaml.js';

/** One file of a pack after all layers are merged. */
export interface SourceFile {
  /** its name, `feeds.yaml` */
  name: string;
  value: unknown;
  /** it could not be read as YAML: references into it are not judged */
  broken: boolean;
}

/** A value with the path that leads to it in its file. */
export interface Entry<T> {
  value: T;
  /** as written, for finding places */
  raw: unknown;
  path: PathStep[];
}

/** Reads the files of a pack's layers, remembers where everything stands and collects what is wrong. */
export class PackSource {
  readonly problems: Problem[] = [];
  readonly places = new Places();
  readonly #layers: readonly PackLayer[];

  constructor(layers: readonly PackLayer[]) {
    this.#layers = layers;
  }

  /** Names of all files of all layers. */
  names(): string[] {
    return [...new Set(this.#layers.flatMap((layer) => [...layer.files.keys()]))].sort();
  }

  /** Where the file `name` stands (in the first layer that has it). */
  fileOf(name: string): string {
    const layer = this.#layers.find((candidate) => candidate.files.has(name)) ?? this.#layers[0];
    return layer === undefined || layer.root === '' ? name : `${layer.root}/${name}`;
  }

  /** The merged file, or undefined where no layer has it. */
  read(name: string): SourceFile | undefined {
    let found: SourceFile | undefined;
    for (const layer of this.#layers) {
      const text = layer.files.get(name);
      if (text === undefined) continue;
      const file = layer.root === '' ? name : `${layer.root}/${name}`;
      const json = name.endsWith('.geojson') ? readJson(text, file, this.places) : undefined;
      const { value, problems, broken } =
        json === undefined ? readYaml(text, file, this.places) : { ...json, problems: [], broken: false };
      this.problems.push(...problems);
      if (broken) found = { name, value: found?.value ?? {}, broken };
      else {
        const merged = found === undefined ? value : mergeLayers(found.value, value, this.places);
        found = { name, value: merged, broken: found?.broken === true };
      }
    }
    return found;
  }

  /** Reports `message` about the value (or key) at `path` below `root`. */
  report(root: unknown, path: readonly PathStep[], message: string, options: ReportOptions = {}): void {
    const spot: Spot = this.places.find(root, path, options.at ?? 'value') ?? {
      file: this.fileOf(options.file ?? 'pack.yaml'),
      line: 1,
      col: 1,
    };
    this.problems.push({ ...spot, message, path: showPath([...(options.base ?? []), ...path]) });
  }

  /** Checks `value` by `schema`; undefined, with all problems reported, where it does not fit. */
  check<S extends z.ZodType>(schema: S, value: unknown, base: PathStep[], file: string): z.output<S> | undefined {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const finding of findings(result.error.issues, value)) {
      this.report(value, finding.path, finding.message, { at: finding.at, base, file });
    }
    return undefined;
  }

  /** The entries of `{ <key>: [ … ] }`, still raw; anything else in the file, but the keys `beside`, is reported. */
  list(file: SourceFile, key: string, beside: readonly string[] = []): Entry<unknown>[] {
    if (file.broken) return [];
    if (!isMap(file.value)) {
      this.report(file.value, [], `expected a map with the key "${key}"`, { file: file.name });
      return [];
    }
    for (const other of Object.keys(file.value)) {
      if (other === key || beside.includes(other)) continue;
      const near = nearest(other, [key, ...beside]);
      const all = [key, ...beside].map((name) => `"${name}"`).join(' and ');
      const holds = beside.length === 0 ? `the file holds one key, ${all}` : `the file holds ${all}`;
      const hint = near === undefined ? `; ${holds}` : `, did you mean "${near}"?`;
      this.report(file.value, [other], `unknown key "${other}"${hint}`, { at: 'key', file: file.name });
    }
    const list = file.value[key];
    if (list === undefined || list === null) return [];
    if (!Array.isArray(list)) {
      this.report(file.value, [key], `expected a list of entries`, { file: file.name });
      return [];
    }
    return list.map((raw, index) => ({ value: raw, raw: raw as unknown, path: [key, index] }));
  }

  /** Entries that fit the schema; each of the others reports its own problems. Ids must be unique. */
  entries<S extends z.ZodType<{ id: string }>>(schema: S, raws: Entry<unknown>[], file: string): Entry<z.output<S>>[] {
    const firsts = new Map<unknown, string>();
    const good: Entry<z.output<S>>[] = [];
    for (const { raw, path } of raws) {
      const id = isMap(raw) ? raw.id : undefined;
      if (typeof id === 'string') {
        const spot = this.places.find(raw, ['id']);
        const first = firsts.get(id);
        if (first !== undefined) {
          this.report(raw, ['id'], `id "${id}" is used twice, first at ${first}`, { base: path, file });
          continue;
        }
        firsts.set(id, spot === undefined ? file : `${spot.file}:${spot.line}`);
      }
      const value = this.check(schema, raw, path, file);
      if (value !== undefined) good.push({ value, raw, path });
    }
    return good;
  }
}

interface ReportOptions {
  at?: 'key' | 'value';
  /** path before `path`, for showing */
  base?: readonly PathStep[];
  /** file to name where no place is known */
  file?: string;
}

/** The ids written in a list, whether or not the rest of the entry is right. */
export function idsOf(raws: readonly Entry<unknown>[]): Set<string> {
  const ids = new Set<string>();
  for (const { raw } of raws) if (isMap(raw) && typeof raw.id === 'string') ids.add(raw.id);
  return ids;
}
