/** The environment as a caller hands it over: names to texts. */
export type Env = Readonly<Record<string, string | undefined>>;

const AZURE_PREFIX = 'CUSTOMCONNSTR_';

/** Finds variables the way an existing site spells them. */
export interface Environment {
  /** The trimmed text and the spelling it was found under; empty counts as not set. */
  lookup(name: string): { readonly text: string; readonly spelling: string } | undefined;
  /** Every variable with trimmed name and value, in the order given; empty values too. */
  readonly pairs: readonly (readonly [name: string, text: string])[];
}

/**
 * Wraps raw variables. Names and values are trimmed; for NAME the first non-empty of `CUSTOMCONNSTR_NAME`, `CUSTOMCONNSTR_name`,
 * `NAME` and `name` wins (Azure puts the prefix before connection strings, and hides them from its log).
 */
export function readEnvironment(env: Env): Environment {
  const pairs = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.trim(), value.trim()] as const]
  );
  const byName = new Map(pairs.filter(([, value]) => value !== ''));
  return {
    pairs,
    lookup(name) {
      for (const spelling of spellings(name)) {
        const value = byName.get(spelling);
        if (value !== undefined) return { text: value, spelling };
      }
      return undefined;
    }
  };
}

/** The four spellings of a name, the winning one first. */
export function spellings(name: string): string[] {
  return [`${AZURE_PREFIX}${name}`, `${AZURE_PREFIX}${name.toLowerCase()}`, name, name.toLowerCase()];
}

/** A name in upper case without Azure's prefix: how feature variables and unknown names are compared. */
export function bareName(name: string): string {
  const upper = name.toUpperCase();
  return upper.startsWith(AZURE_PREFIX) ? upper.slice(AZURE_PREFIX.length) : upper;
}
