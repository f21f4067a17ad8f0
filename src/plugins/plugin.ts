import type { Sandbox } from './sandbox.ts';

/** A computed feature: a pure function from what is known now to the values clients show. */
export interface Plugin {
  /** The token in ENABLE, and the key of its own settings. */
  readonly name: string;
  /** Names of the properties it may give. */
  readonly offers: readonly string[];
  /** The properties, by name; an undefined one is left out. Without its inputs a plugin says nothing (D21). */
  compute(sandbox: Sandbox): Record<string, unknown>;
}
