import { VARIABLES, type VariableName } from './env.ts';
import { bareName, type Environment } from './environment.ts';
import { FEATURE_VARIABLES } from './feature-env.ts';
import type { Reading } from './read-variables.ts';
import type { Variable } from './variable.ts';

/** A variable that is set, as it may be told; `text` is absent where it is a secret, or may be one. */
export interface GivenVariable {
  readonly name: string;
  readonly text?: string;
}

/** A variable with all there is to say about it to an administrator. */
export interface ShownVariable {
  readonly name: string;
  readonly about: string;
  /** Its value is never shown. */
  readonly secret: boolean;
  /** Whether the environment sets it. */
  readonly given: boolean;
  /** As it stands in the environment; absent: not set, or a secret. */
  readonly value?: string;
  /** What holds when it is not set; empty: nothing. */
  readonly default: string;
}

const KNOWN_FEATURE: ReadonlySet<string> = new Set(FEATURE_VARIABLES.flatMap(({ names }) => names));
/** Names of features are not marked as secret one by one: what might be one counts as one. */
const MAYBE_SECRET = /(SECRET|PASS|TOKEN|KEY|USER|ACCOUNT|TEAM|MAIL)/i;
/** The user part of an address. */
const USER_PART = /(\/\/)[^\s/@]+@/g;

/** What the environment sets, without what is secret. */
export function givenVariables({ given }: Reading, { pairs }: Environment): GivenVariable[] {
  const known = [...given].map(
    ([name, text]): GivenVariable => (VARIABLES[name].secret ? { name } : { name, text: shown(text) })
  );
  const features = pairs.flatMap(([spelling, text]): GivenVariable[] => {
    const name = bareName(spelling);
    if (!KNOWN_FEATURE.has(name) || text === '') return [];
    return [MAYBE_SECRET.test(name) ? { name } : { name, text: shown(text) }];
  });
  return [...known, ...features];
}

const shown = (text: string): string => text.replace(USER_PART, '$1…@');

/** Every variable there is, in the order of `.env.example`, with what is set. */
export function shownVariables(given: readonly GivenVariable[]): ShownVariable[] {
  const set = new Map(given.map((one) => [one.name, one]));
  const row = (name: string, about: string, secret: boolean, fallback: string): ShownVariable => {
    const found = set.get(name);
    return {
      name,
      about,
      secret,
      given: found !== undefined,
      ...(found?.text !== undefined && { value: found.text }),
      default: fallback
    };
  };
  return [
    ...(Object.keys(VARIABLES) as VariableName[]).map((name) => {
      const { about, secret, default: fallback } = VARIABLES[name] as Variable;
      return row(name, about, secret, defaultText(fallback));
    }),
    ...FEATURE_VARIABLES.flatMap(({ names, rows }) =>
      rows.map(([, fallback, about], at) => row(names[at]!, about, MAYBE_SECRET.test(names[at]!), fallback))
    )
  ];
}

function defaultText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.join(' ');
  return value === true ? 'on' : value === false ? 'off' : String(value);
}
