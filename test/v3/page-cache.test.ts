import { describe, expect, it } from 'vitest';
import { createBus } from '../../src/bus/bus.ts';
import { createPageCache } from '../../src/http/page-cache.ts';
import { bolus, createV3Kit } from './v3-kit.ts';

const page = (text: string) => ({ type: 'application/json', body: Buffer.from(text) });
const changed = (collection: 'food' | 'entries') =>
  ({ collection, op: 'update', door: 'v1', doc: { _id: '1' }, srvModified: 1 }) as const;

function kit() {
  let time = 1000;
  const bus = createBus(() => {});
  const pages = createPageCache({ bus, now: () => time }, 'test');
  let made = 0;
  return {
    bus,
    pages,
    later: (ms: number) => {
      time += ms;
    },
    text: async (key = 'k', wait?: Promise<void>) =>
      (
        await pages.get('food', key, async () => {
          const n = ++made;
          await wait;
          return page(String(n));
        })
      ).body.toString()
  };
}

describe('pages several apps ask for', () => {
  it('are made once between two changes, a second at most', async () => {
    const { text, bus, later } = kit();
    expect([await text(), await text(), await text('other')]).toEqual(['1', '1', '2']);
    bus.publish('committed', [changed('entries')]);
    expect(await text()).toBe('1');
    bus.publish('committed', [changed('food')]);
    expect(await text()).toBe('3');
    later(1000);
    expect(await text()).toBe('4');
  });

  it('a page still being read when a change comes is not kept', async () => {
    const { text, bus } = kit();
    let go = (): void => {};
    const old = text('k', new Promise((resolve) => (go = resolve)));
    bus.publish('committed', [changed('food')]);
    go();
    expect([await old, await text()]).toEqual(['1', '2']);
  });

  it('failures are not kept', async () => {
    const { pages, text } = kit();
    await expect(pages.get('food', 'k', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await text()).toBe('1');
  });

  it('whoever was told of a write finds it, and nobody gets a page he may not read', async () => {
    const v3 = await createV3Kit();
    try {
      for (let n = 0; n < 20; n++) {
        await v3.post('/food', bolus({ identifier: `f-${n}`, date: 1_707_552_000_000 + n })).expect(201);
        expect((await v3.get('/food')).body.result).toHaveLength(n + 1);
        expect((await v3.get('/food/history/1000000000000')).body.result).toHaveLength(n + 1);
      }
      await v3.get('/food', 'nothing').expect(403);
      expect((await v3.get('/food').set('Accept', 'text/csv')).text).toContain('f-19');
      expect((await v3.get('/food?fields=identifier')).body.result[0]).toEqual({ identifier: 'f-0' });
    } finally {
      await v3.close();
    }
  });
});
