import type { Doc } from '../../storage/port.ts';

const PROLOG = "<?xml version='1.0' encoding='utf-8'?>\n";
// XML 1.0 knows no way to write these
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const escapeText = (text: string): string =>
  text.replace(UNWRITABLE, '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const elementName = (key: string): string => {
  const name = key.replace(/[^\p{L}\p{N}_.-]/gu, '_');
  return /^[\p{L}_]/u.test(name) ? name : `_${name}`;
};

/** The members of `foods` are called `food`. */
function singular(plural: string): string {
  if (/[^aeiou]ies$/i.test(plural)) return `${plural.slice(0, -3)}y`;
  if (/(ss|x|ch|sh)es$/i.test(plural)) return plural.slice(0, -2);
  return /[^s]s$/i.test(plural) && plural.length > 2 ? plural.slice(0, -1) : plural;
}

function element(key: string, value: unknown, indent: string): string {
  const name = elementName(key);
  if (value === null || value === undefined || value === '') return `${indent}<${name} />\n`;
  if (typeof value !== 'object') return `${indent}<${name}>${escapeText(String(value))}</${name}>\n`;
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const children = value.map((item) => element(singular(key), item, inner)).join('');
    return children === '' ? `${indent}<${name} />\n` : `${indent}<${name}>\n${children}${indent}</${name}>\n`;
  }
  const entries = Object.entries(value as Doc).filter(([, item]) => item !== undefined);
  const isAttribute = ([k, item]: [string, unknown]): boolean => k.startsWith('_') && k.length > 1 && typeof item !== 'object';
  const attributes = entries
    .filter(isAttribute)
    .map(([k, item]) => ` ${elementName(k.slice(1))}="${escapeText(String(item)).replaceAll('"', '&quot;')}"`);
  const children = entries.filter((entry) => !isAttribute(entry)).map(([k, item]) => element(k, item, inner));
  const open = `${name}${attributes.join('')}`;
  return children.length === 0 ? `${indent}<${open} />\n` : `${indent}<${open}>\n${children.join('')}${indent}</${name}>\n`;
}

/** One document as `<item>`. */
export const toXml = (doc: Doc): string => PROLOG + element('item', doc, '');

/** Documents as `<items><item>…`. */
export const listToXml = (docs: readonly Doc[]): string =>
  docs.length === 0
    ? `${PROLOG}<items />\n`
    : `${PROLOG}<items>\n${docs.map((doc) => element('item', doc, '  ')).join('')}</items>\n`;
