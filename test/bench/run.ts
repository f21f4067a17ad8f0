// npm run bench [-- part…]: how fast is Vigil on both stores, beside bare servers and another one? Writes results.md.

import { prepareGrounds } from './grounds.ts';
import { GROWTH } from './growth.ts';
import { MEMORY } from './memory.ts';
import type { Part } from './part.ts';
import { pinSelf } from './pin.ts';
import { PLUGINS } from './plugins.ts';
import { READS } from './reads.ts';
import { keepPart, sourceState, writeResults } from './results.ts';
import { SOCKETS } from './sockets.ts';
import { START } from './start.ts';
import { WRITES } from './writes.ts';

const PARTS: readonly Part[] = [START, READS, WRITES, SOCKETS, MEMORY, PLUGINS, GROWTH];
const MINUTE = 60_000;

const names = PARTS.map(({ name }) => name);
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => name !== 'render' && !names.includes(name));
if (unknown.length > 0) throw new Error(`no part is called ${unknown.join(', ')}; there are ${names.join(', ')}, and render`);
const chosen = PARTS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));

if (chosen.length > 0) {
  pinSelf();
  const source = sourceState();
  const amounts = new Map(chosen.flatMap((part) => part.amounts).map((amount) => [amount.days, amount]));
  const grounds = await prepareGrounds([...amounts.values()], Date.now() - 5 * MINUTE);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void grounds.dispose().finally(() => process.exit(1)));
  try {
    for (const part of chosen) {
      const began = performance.now();
      keepPart(part.name, source, await part.measure(grounds));
      console.log(`${part.name}: ${((performance.now() - began) / 1000).toFixed(0)} s`);
    }
  } finally {
    await grounds.dispose();
  }
}
console.log(writeResults(names));
process.exit(0);
