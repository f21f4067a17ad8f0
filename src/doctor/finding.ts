import type { RunningSite } from '../cli/site-here.ts';
import type { Config } from '../config/config.ts';
import type { Env } from '../config/environment.ts';

/** One line of the doctor. Holds no secret and no health value. */
export interface Finding {
  /** Which check: `disk-speed`. */
  readonly check: string;
  readonly level: 'ok' | 'warning' | 'wrong';
  /** What is so. */
  readonly sentence: string;
  /** What to do about it; absent when it is well. */
  readonly fix?: string;
}

/** What is looked at. */
export interface Patient {
  readonly env: Env;
  readonly config: Config;
  /** The server of this configuration, if it runs. */
  readonly site: RunningSite | undefined;
  /** Address under which apps reach the site; undefined: not known, or nothing outside is to be asked. */
  readonly address: string | undefined;
  /** Whether anything beyond this machine may be asked. */
  readonly offline: boolean;
  /** The clock, epoch ms. */
  readonly now: () => number;
}

/** One thing the doctor looks at. It may throw: that is a finding, too. */
export interface DoctorCheck {
  readonly id: string;
  run(patient: Patient): Promise<readonly Omit<Finding, 'check'>[]> | readonly Omit<Finding, 'check'>[];
}

export const well = (sentence: string): Omit<Finding, 'check'> => ({ level: 'ok', sentence });
export const warning = (sentence: string, fix: string): Omit<Finding, 'check'> => ({ level: 'warning', sentence, fix });
export const wrong = (sentence: string, fix: string): Omit<Finding, 'check'> => ({ level: 'wrong', sentence, fix });
