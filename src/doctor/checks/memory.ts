import { totalmem } from 'node:os';
import { readableSize } from '../../backup/files.ts';
import { type DoctorCheck, type Finding, warning, well, wrong } from '../finding.ts';

/** A server with a year of data and some followers lives in a third of this. */
const COMFORT = 384 * 1024 * 1024;
const LEAST = 160 * 1024 * 1024;

/** @param limit bytes the process may take; undefined: what the machine has */
export function judgeMemory(limit: number | undefined, total: number): Omit<Finding, 'check'> {
  const bytes = Math.min(limit ?? total, total);
  const who = limit !== undefined && limit < total ? 'The container may use' : 'The machine has';
  const sentence = `${who} ${readableSize(bytes)} of memory.`;
  const fix = 'Give it 512 MB; a process that runs out of memory is killed, and apps wait meanwhile.';
  return bytes < LEAST ? wrong(sentence, fix) : bytes < COMFORT ? warning(sentence, fix) : well(sentence);
}

/** cgroups say "no limit" by a number beyond every memory. */
export const memory: DoctorCheck = {
  id: 'memory',
  run: () => [judgeMemory(process.constrainedMemory() || undefined, totalmem())]
};
