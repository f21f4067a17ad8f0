import { bareName, type Environment } from './environment.ts';
import { FEATURE_VARIABLES } from './feature-env.ts';
import { knownSpellings } from './read-variables.ts';

/** Names that can only be meant for a server like this one. */
const OUR_PREFIX = /^(VIGIL|NIGHTSCOUT|NS|API3|ALARM|BG|CUSTOMCONNSTR)_/;
/** What Kubernetes and Docker links set for a service that happens to bear our name. */
const SERVICE_LINK = /_SERVICE_(HOST|PORT)|_PORT(_|$)|_ENV_|^NIGHTSCOUT_NAME$/;

/**
 * Sentences about variables that look as if they were meant for us but are not read: misspelt names, names with our prefix, and
 * variables of features that are not enabled. A silently ignored alarm threshold is the worst kind.
 * @param readAnyway names that act although their feature is not enabled
 */
export function unknownNameWarnings(
  environment: Environment,
  enable: readonly string[],
  readAnyway: ReadonlySet<string>
): string[] {
  const known = knownSpellings();
  const names = [...new Set([...known].map(bareName))];
  const prefixes = enable.map((feature) => `${feature.toUpperCase()}_`);
  return environment.pairs.flatMap(([spelling, text]) => {
    const name = bareName(spelling);
    if (text === '' || known.has(spelling) || readAnyway.has(name) || prefixes.some((prefix) => name.startsWith(prefix)))
      return [];
    const feature = FEATURE_VARIABLES.find((candidate) => candidate.names.includes(name))?.feature;
    if (feature) return [`${spelling} is set, but ENABLE does not name "${feature}", so it has no effect.`];
    const meant = names.find((candidate) => isTypo(name, candidate));
    if (meant === name) return [`${spelling} is not read in this spelling; did you mean ${meant}?`];
    if (meant) return [`${spelling} is not known; did you mean ${meant}?`];
    const looksOurs = OUR_PREFIX.test(spelling.toUpperCase()) && !SERVICE_LINK.test(name);
    return looksOurs ? [`${spelling} is not known and has no effect.`] : [];
  });
}

/** One slip in names from five letters up, two from nine up; shorter names resemble too much. */
function isTypo(name: string, known: string): boolean {
  const allowed = known.length >= 9 ? 2 : known.length >= 5 ? 1 : 0;
  return Math.abs(name.length - known.length) <= allowed && slips(name, known) <= allowed;
}

/** Letters left out, added, changed or swapped with their neighbour (optimal string alignment distance). */
function slips(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    const above = rows[i - 1] as number[];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((above[j] as number) + 1, (row[j - 1] as number) + 1, (above[j - 1] as number) + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (rows[i - 2]?.[j - 2] as number) + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] as number;
}
