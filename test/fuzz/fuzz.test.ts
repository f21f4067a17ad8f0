import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { mongoUrl } from '../support/mongo.ts';
import { fuzz, type Report } from './fuzz.ts';

// nothing a stranger sends to any route or socket may break the server, change what it was refused to change, or hold others up
// (GAP-API-021, D9); `npm run fuzz` is the long run of the same
const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));
const INPUTS = Number(process.env.FUZZ_INPUTS ?? 5000);

const verdict = ({ seed, findings, furtherFindings }: Report): string =>
  findings.length === 0
    ? 'nothing found'
    : `${findings.length} findings (and ${furtherFindings} more), repeat with FUZZ_SEED=${seed}\n- ${findings.join('\n- ')}`;

it('hostile inputs at every door', async () => {
  const report = await fuzz({ seed: SEED, inputs: INPUTS, lookEvery: 1250 });
  expect(verdict(report)).toBe('nothing found');
  // a fuzzer that is refused everything tests the door only
  expect(report.accepted).toBeGreaterThan(INPUTS / 50);
  expect(Object.keys(report.doors).sort()).toEqual(['engine', 'frame', 'http', 'raw']);
}, 300_000);

it.skipIf(!mongoUrl())(
  'both stores take and refuse the same',
  async () => {
    const mongoUri = mongoUrl()!.replace(/\/?(\?.*)?$/, `/vigil_fuzz_${process.pid}$1`);
    expect(verdict(await fuzz({ seed: SEED, inputs: Math.min(INPUTS, 500), lookEvery: 250, mongoUri }))).toBe('nothing found');
  },
  300_000
);
