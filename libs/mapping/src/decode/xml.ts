import { XMLParser } from 'fast-xml-parser';
import { DecodeError } from '../failure.js';
import type { Decoder } from '../mapped.js';
import { charset } from '../text-decoder.js';
import { asText } from './decoder.js';

interface XmlOptions {
  arrays?: string[];
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The five entities of XML and numeric references; no others exist, because no DOCTYPE is read. */
function withoutEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/g, (whole, named, decimal, hex) => {
    if (named) return NAMED[named as string] as string;
    const code = decimal ? Number(decimal) : Number.parseInt(hex as string, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** Text of the document in the encoding its declaration names (UTF-8 where it names none). */
function documentText(input: unknown): string {
  if (!(input instanceof Uint8Array)) return asText(input);
  let head = '';
  for (let i = 0; i < Math.min(200, input.length); i++) head += String.fromCharCode(input[i] as number);
  const label = /^\s*(?:\u00ef\u00bb\u00bf)?<\?xml[^>]{0,100}encoding=["']([A-Za-z0-9._-]{1,40})["']/.exec(head)?.[1];
  if (!label || /^utf-?8$/i.test(label)) return asText(input);
  try {
    return charset(label).decode(input);
  } catch {
    throw new DecodeError(`the bytes are not ${label}`);
  }
}

/** Elements opened within each other at most, by counting tags; comments and CDATA only make the count larger. */
function tooDeep(text: string, limit: number): boolean {
  let depth = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    const next = text[at + 1];
    if (next === '!' || next === '?') {
      const end =
        next === '?' ? '?>' : text.startsWith('<!--', at) ? '-->' : text.startsWith('<![CDATA[', at) ? ']]>' : '>';
      const close = text.indexOf(end, at);
      if (close < 0) return false;
      at = close;
      continue;
    }
    if (next === '/') {
      depth--;
      continue;
    }
    const close = text.indexOf('>', at);
    if (close < 0) return false;
    if (text[close - 1] !== '/' && ++depth > limit) return true;
  }
  return false;
}

/**
 * XML as a tree: child elements by local name (prefixes dropped), attributes as `_name`, text of mixed elements as
 * `_text`, all values text. Elements named in `arrays` are always lists. A DOCTYPE is refused and with it every entity
 * but the five of XML.
 */
export function xml({ arrays = [] }: XmlOptions): Decoder {
  const always = new Set(arrays);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '_',
    textNodeName: '_text',
    removeNSPrefix: true,
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: true,
    processEntities: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    isArray: (name: string) => always.has(name),
    tagValueProcessor: (_name: string, value: unknown) => withoutEntities(String(value)),
    attributeValueProcessor: (_name: string, value: unknown) => withoutEntities(String(value)),
  });
  return (input, { limits }) => {
    const text = documentText(input);
    if (/<!DOCTYPE|<!ENTITY/i.test(text)) throw new DecodeError('a DOCTYPE is not read');
    if (!/<[A-Za-z_]/.test(text)) throw new DecodeError('not XML');
    if (tooDeep(text, limits.depth)) throw new DecodeError(`nested deeper than ${limits.depth} levels`, 'too-deep');
    try {
      return parser.parse(text, true) as unknown;
    } catch (error) {
      throw new DecodeError(`not XML: ${(error as Error).message.slice(0, 200)}`);
    }
  };
}
