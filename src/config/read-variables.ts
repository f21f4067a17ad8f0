import { VARIABLES, type VariableName } from './env.ts';
import { type Environment, spellings } from './environment.ts';
import type { Variable } from './variable.ts';

type Read<V> = V extends Variable<infer T> ? T : never;

/** What each variable says: read, or its default. */
export type Values = { readonly [Name in VariableName]: Read<(typeof VARIABLES)[Name]> };

/** Result of reading the table against an environment. */
export interface Reading {
  readonly values: Values;
  /** Texts as given, trimmed, of the variables that are set. */
  readonly given: ReadonlyMap<VariableName, string>;
  /** Sentences about values that were tolerated. */
  readonly warnings: string[];
  /** Sentences about values with which the server cannot start. */
  readonly problems: string[];
}

/** Reads every variable of {@link VARIABLES}; never throws, what is wrong ends in `warnings` and `problems`. */
export function readVariables(environment: Environment): Reading {
  const given = new Map<VariableName, string>();
  const warnings: string[] = [];
  const problems: string[] = [];

  function read(name: VariableName, variable: Variable): unknown {
    const found = find(environment, name, variable);
    if (!found) return variable.default;
    given.set(name, found.text);
    const result = variable.schema.safeParse(found.text);
    if (result.success) return result.data;
    const allowed = result.error.issues[0]?.message ?? 'something else';
    const sentence = `${found.spelling}${variable.secret ? '' : `="${shorten(found.text)}"`} must be ${allowed}`;
    const verdict = variable.onBad(found.text);
    if (verdict === 'fail') problems.push(`${sentence}.`);
    else if (verdict === 'keep') warnings.push(`${sentence}. The text is passed on as it is, as other servers do.`);
    else
      warnings.push(
        `${sentence}. ${variable.default === undefined ? 'It is ignored' : `The default ${String(variable.default)} is used`}.`
      );
    return verdict === 'keep' ? found.text : variable.default;
  }

  const values = Object.fromEntries(
    (Object.keys(VARIABLES) as VariableName[]).map((name) => [name, read(name, VARIABLES[name] as Variable)])
  ) as Values;
  return { values, given, warnings, problems };
}

function find(environment: Environment, name: string, { aliases }: Variable) {
  for (const candidate of [name, ...aliases]) {
    const found = environment.lookup(candidate);
    if (found) return found;
  }
  return undefined;
}

/** A value short enough for a sentence, without line breaks. */
export function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}

/** All spellings of all variables, aliases included. */
export function knownSpellings(): Set<string> {
  return new Set(
    (Object.keys(VARIABLES) as VariableName[]).flatMap((name) => [name, ...VARIABLES[name].aliases].flatMap(spellings))
  );
}
