import type { Grounds } from './grounds.ts';
import type { Amount } from './place.ts';
import type { Section } from './table.ts';

/** A part of the benchmark that can be run by itself. */
export interface Part {
  readonly name: string;
  /** Places it needs. */
  readonly amounts: readonly Amount[];
  measure(grounds: Grounds): Promise<Section>;
}
