import { address } from './checks/address.ts';
import { backups } from './checks/backups.ts';
import { clock } from './checks/clock.ts';
import { dataFolder } from './checks/data-folder.ts';
import { databaseFile } from './checks/database-file.ts';
import { diskSpeed } from './checks/disk-speed.ts';
import { journal } from './checks/journal.ts';
import { memory } from './checks/memory.ts';
import { mongo } from './checks/mongo.ts';
import { node } from './checks/node.ts';
import { risks } from './checks/risks.ts';
import { roundTrip } from './checks/round-trip.ts';
import { settings } from './checks/settings.ts';
import type { DoctorCheck, Finding, Patient } from './finding.ts';

/** What the doctor looks at, in the order of the report. */
export const DOCTOR_CHECKS: readonly DoctorCheck[] = [
  node,
  memory,
  clock,
  settings,
  risks,
  dataFolder,
  diskSpeed,
  databaseFile,
  mongo,
  journal,
  backups,
  address,
  roundTrip
];

/** Looks at one thing. A check that fails itself is a finding. */
export async function lookAt({ id, run }: DoctorCheck, patient: Patient): Promise<Finding[]> {
  try {
    return (await run(patient)).map((one) => ({ check: id, ...one }));
  } catch (error) {
    return [
      {
        check: id,
        level: 'wrong',
        sentence: `It could not be looked at: ${(error as Error).message}`,
        fix: 'Mend what else is wrong first, and run the doctor as the user of the server.'
      }
    ];
  }
}

/** Looks at everything, one after the other. */
export async function examine(patient: Patient): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const check of DOCTOR_CHECKS) found.push(...(await lookAt(check, patient)));
  return found;
}
