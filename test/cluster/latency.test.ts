import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, mongoUrl } from '../support/mongo.ts';
import { haveRedis, OwnRedis } from '../support/redis.ts';
import { type Instance, startSite, until } from './kit.ts';

// issue 5, item 8: how much later the other process's sockets hear of a reading than those of the one that stored it

describe.runIf(haveRedis && mongoUrl())('the way from A to B', () => {
  let redis: OwnRedis;
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let site: Instance[];

  beforeAll(async () => {
    redis = await OwnRedis.launch();
    database = await freshDatabase();
    site = await startSite(2, { REDIS_URL: redis.url }, database.url);
  });
  afterAll(async () => {
    for (const instance of site ?? []) await instance.close();
    await database?.drop();
    await redis?.kill();
  });

  it('is short', async () => {
    const [a, b] = site as [Instance, Instance];
    const heard = site.map(() => new Map<number, number>());
    for (const [i, { root }] of site.entries())
      root.on('dataUpdate', ({ sgvs = [] }: { sgvs?: { mills: number }[] }) => {
        for (const { mills } of sgvs) heard[i]!.set(mills, performance.now());
      });
    const start = Date.now() - 3_600_000;
    const answers: number[] = [];
    const ways: number[] = [];
    for (let i = 0; i < 200; i++) {
      const date = start + i * 10_000;
      const began = performance.now();
      await a.v1('POST', 'entries', [{ type: 'sgv', sgv: 100, date, dateString: new Date(date).toISOString(), device: 'test' }]);
      answers.push(performance.now() - began);
      await until(() => heard.every((at) => at.has(date)), 'the reading');
      ways.push(heard[1]!.get(date)! - began);
    }
    const between = [...heard[1]!].map(([mills, at]) => at - heard[0]!.get(mills)!);
    const of = (list: readonly number[], share: number) =>
      list.toSorted((x, y) => x - y)[Math.floor(list.length * share)]!.toFixed(1);
    const line = (name: string, list: readonly number[]) => `${name}: p50 ${of(list, 0.5)} ms, p99 ${of(list, 0.99)} ms`;
    console.info(
      [line('upload answered', answers), line('upload to socket at B', ways), line('socket at A to socket at B', between)].join(
        '\n'
      )
    );
    // far from what a look every second would give, on a busy machine, too
    expect(Number(of(between, 0.5))).toBeLessThan(500);
    expect(b.deltas.length).toBe(a.deltas.length);
  });
});
