import { describe, expect, it } from 'vitest';
import { Refusal } from '../../src/errors.ts';
import { createLogger } from '../../src/observe/logger.ts';
import { observed } from '../../src/observe/observed-storage.ts';
import { type Storage, type Stored, storedDoc } from '../../src/storage/port.ts';

/** A store whose every step takes `ms`; `find` gives three batches and tells when it is let go. */
function slowStore(ms: number, trouble?: () => Error) {
  const seen = { batches: 0, released: 0 };
  const wait = async (): Promise<void> => {
    const until = performance.now() + ms;
    await new Promise((resolve) => setTimeout(resolve, ms));
    while (performance.now() < until);
    if (trouble) throw trouble();
  };
  const store: Storage = {
    kind: 'sqlite',
    version: async () => '1',
    async *find() {
      try {
        for (let n = 0; n < 3; n++) {
          await wait();
          seen.batches += 1;
          yield [storedDoc({ _id: String(n), sgv: 104 })];
        }
      } finally {
        seen.released += 1;
      }
    },
    count: async () => wait().then(() => 7),
    candidates: async () => wait().then(() => [{ _id: 'a' }]),
    apply: wait,
    sizes: async () => ({ dataSize: 1, indexSize: 2 }),
    ping: async () => undefined,
    close: async () => undefined
  };
  return { store, seen };
}

function site({ ms = 0, slowMs = 0, trouble }: { ms?: number; slowMs?: number; trouble?: () => Error } = {}) {
  const lines: Record<string, unknown>[] = [];
  const took: [string, string][] = [];
  const failed: [string, string, string][] = [];
  const { store, seen } = slowStore(ms, trouble);
  const storage = observed(store, {
    log: createLogger('warn', { write: (line: string) => void lines.push(JSON.parse(line)) }),
    slowMs,
    metrics: {
      took: (operation, collection) => void took.push([operation, collection]),
      failed: (operation, collection, error) => void failed.push([operation, collection, (error as Error).message])
    }
  });
  return { storage, seen, lines, took, failed };
}

const FILTER = { filter: { date: { $gte: 1700000000000 }, notes: 'secret note' }, sort: [['date', -1]], limit: 10 } as const;
const DOC = { op: 'insert', collection: 'entries', doc: { _id: 'x', sgv: 104 } } as const;

async function all(batches: AsyncIterable<Stored[]>): Promise<unknown[]> {
  const ids: unknown[] = [];
  for await (const batch of batches) ids.push(...batch.map(({ doc }) => doc._id));
  return ids;
}

describe('a store that is observed', () => {
  it('answers as before, and each operation is measured once', async () => {
    const { storage, took } = site();
    expect(await all(storage.find('entries', FILTER))).toEqual(['0', '1', '2']);
    expect(await storage.count('treatments', {})).toBe(7);
    expect(await storage.candidates('entries', [{ date: 1 }])).toEqual([{ _id: 'a' }]);
    await storage.apply([{ op: 'insert', collection: 'tombstones', doc: { _id: 't' } }, DOC]);
    expect(await storage.sizes()).toEqual({ dataSize: 1, indexSize: 2 });
    expect(took).toEqual([
      ['find', 'entries'],
      ['count', 'treatments'],
      ['candidates', 'entries'],
      ['apply', 'entries']
    ]);
  });

  it('reads no batch before it is asked for, and lets go when the reader stops early', async () => {
    const { storage, seen, took } = site();
    for await (const batch of storage.find('entries', FILTER)) {
      expect(batch).toHaveLength(1);
      expect(seen.batches).toBe(1);
      break;
    }
    expect(seen).toEqual({ batches: 1, released: 1 });
    expect(took).toHaveLength(1);
  });

  it('counts only the time in the store, not that of a slow reader', async () => {
    const { storage, lines } = site({ ms: 1, slowMs: 900 });
    for await (const _ of storage.find('entries', FILTER)) await new Promise((resolve) => setTimeout(resolve, 400));
    expect(lines).toEqual([]);
  });

  it('tells of slow operations by their shape, without any value', async () => {
    const { storage, lines } = site({ ms: 6, slowMs: 5 });
    await all(storage.find('entries', FILTER));
    await storage.count('entries', { sgv: { $gt: 104 } });
    await storage.candidates('treatments', [{ identifier: 'secret-1' }, { created_at: '2024', eventType: 'Note' }]);
    await storage.apply([DOC]);
    const common = { level: 'warn', time: expect.any(String), ms: expect.any(Number), msg: 'a database operation was slow' };
    expect(lines).toEqual([
      { ...common, operation: 'find', collection: 'entries', filter: '{date:{$gte},notes}', sort: '-date', limit: 10 },
      { ...common, operation: 'count', collection: 'entries', filter: '{sgv:{$gt}}' },
      { ...common, operation: 'candidates', collection: 'treatments', keys: 2, fields: 'identifier created_at+eventType' },
      { ...common, operation: 'apply', collection: 'entries', changes: 1 }
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/104|secret|1700000000000|2024/);
  });

  it('says nothing with 0', async () => {
    const { storage, lines } = site({ ms: 6, slowMs: 0 });
    await storage.count('entries', {});
    expect(lines).toEqual([]);
  });

  it('counts failures and passes them on', async () => {
    const { storage, failed, took } = site({ trouble: () => new Refusal('storage-away', 'gone') });
    await expect(all(storage.find('entries', FILTER))).rejects.toThrow('gone');
    await expect(storage.apply([DOC])).rejects.toThrow('gone');
    expect(failed).toEqual([
      ['find', 'entries', 'gone'],
      ['apply', 'entries', 'gone']
    ]);
    expect(took).toHaveLength(2);
  });

  it('a query that says nonsense is no trouble of the database', async () => {
    const { storage, failed } = site({ trouble: () => new Refusal('bad-query', 'no') });
    await expect(storage.count('entries', {})).rejects.toThrow('no');
    expect(failed).toEqual([]);
  });
});
