import { bareName, type Environment } from './environment.ts';
import { CLIENT_FEATURES } from './features.ts';

/** Settings per feature: `{ pump: { warnBattP: 30 } }`. */
export type ExtendedSettings = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * Collects `FEATURE_…` variables of enabled features. What follows the first underscore becomes the key in camel case; numeric text
 * becomes a number, on/true and off/false a boolean. Clients rely on these types, leading zeros get lost as in the reference.
 */
export function readExtendedSettings(environment: Environment, enable: readonly string[]): ExtendedSettings {
  const found = new Map<string, Record<string, unknown>>([['devicestatus', { advanced: true, days: 1 }]]);
  for (const feature of enable) {
    const prefix = `${feature.toUpperCase()}_`;
    for (const [name, text] of environment.pairs) {
      const bare = bareName(name);
      if (!bare.startsWith(prefix) || bare.length === prefix.length) continue;
      const settings = found.get(feature) ?? {};
      settings[camelCase(bare.slice(bare.indexOf('_') + 1))] = typed(text);
      found.set(feature, settings);
    }
  }
  return Object.fromEntries(found);
}

/** The part of the extended settings that clients may know of, still to be freed of secrets. */
export function clientExtendedSettings(all: ExtendedSettings): ExtendedSettings {
  return Object.fromEntries(Object.entries(all).filter(([feature]) => feature === 'devicestatus' || CLIENT.has(feature)));
}

const CLIENT: ReadonlySet<string> = new Set(CLIENT_FEATURES);

function camelCase(rest: string): string {
  return rest.toLowerCase().replace(/_+([^_])/g, (_, letter: string) => letter.toUpperCase());
}

function typed(text: string): unknown {
  const number = Number(text);
  if (Number.isFinite(number)) return number;
  if (/^(on|true)$/i.test(text)) return true;
  if (/^(off|false)$/i.test(text)) return false;
  return text;
}
