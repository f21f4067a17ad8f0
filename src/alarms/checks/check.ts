import type { Sandbox } from '../../plugins/sandbox.ts';
import type { NotifyRequest, SnoozeRequest } from '../notification.ts';

/** What one check wishes to be told; who tells it is added by the runner. */
export type Wish = Omit<NotifyRequest, 'plugin'>;

/** What one check asks for now; nothing at all is the usual answer. */
export interface Wishes {
  readonly notifies?: readonly Wish[];
  readonly snoozes?: readonly SnoozeRequest[];
}

/** Looks whether a feature has something to tell. */
export interface Check {
  /** The token in ENABLE. */
  readonly name: string;
  /** The feature's name for people; clients get it along with an alarm and do not use it. */
  readonly label: string;
  /** @param sandbox all that is known at `sandbox.time`, with the properties of this cycle; glucose is mg/dl */
  run(sandbox: Sandbox): Wishes | undefined;
}
