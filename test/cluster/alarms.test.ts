import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Doc } from '../../src/storage/port.ts';
import { freshDatabase, mongoUrl } from '../support/mongo.ts';
import { haveRedis, OwnRedis } from '../support/redis.ts';
import { type Instance, startSite, until } from './kit.ts';

// issue 5, item 8: alarms fire once, at the sockets of every process and outside

describe.runIf(haveRedis && mongoUrl())('alarms of three processes', () => {
  let redis: OwnRedis;
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let receiver: Server;
  let site: Instance[];
  const posted: Doc[] = [];

  const sgv = (value: number): Doc => {
    const date = Date.now();
    return { type: 'sgv', sgv: value, date, dateString: new Date(date).toISOString(), device: 'test', direction: 'Flat' };
  };
  const heardAt = ({ alarms }: Instance) => alarms.map(({ event, message }) => `${event} ${message.title}`);

  beforeAll(async () => {
    receiver = createServer((req, res) => {
      let body = '';
      req.on('data', (chunk) => {
        body += chunk;
      });
      req.on('end', () => {
        posted.push(JSON.parse(body) as Doc);
        res.end();
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => receiver.once('listening', resolve));
    redis = await OwnRedis.launch();
    database = await freshDatabase();
    site = await startSite(
      3,
      {
        REDIS_URL: redis.url,
        ENABLE: 'simplealarms treatmentnotify careportal',
        ALARM_TYPES: 'simple',
        WEBHOOK_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
      },
      database.url
    );
    await until(() => site[0]!.server.services.cluster!.status().leads, 'the leader');
    // the alarms begin with a look into the database
    await pause(500);
  });
  beforeEach(() => {
    posted.length = 0;
    for (const { alarms, mirrored } of site) {
      alarms.length = 0;
      mirrored.length = 0;
    }
  });
  afterAll(async () => {
    for (const instance of site ?? []) await instance.close();
    await database?.drop();
    await redis?.kill();
    receiver?.close();
  });

  it('one process leads', () => {
    expect(site.map(({ server }) => server.services.cluster!.status().leads)).toEqual([true, false, false]);
  });

  it('a reading that comes in at B sounds once at each socket of A, B and C, on both namespaces, and once outside', async () => {
    await site[1]!.v1('POST', 'entries', [sgv(300)]);
    for (const one of site) await until(() => one.alarms.length > 0 && one.mirrored.length > 0, 'the alarm');
    await until(() => posted.length > 0, 'the webhook');
    await pause(500);
    for (const one of site) {
      expect(heardAt(one)).toEqual(['urgent_alarm Urgent HIGH']);
      expect(one.mirrored.map(({ event }) => event)).toEqual(['urgent_alarm']);
    }
    expect(posted.map(({ event }) => event)).toEqual(['urgent_alarm']);
    // who opens a page at a process that does not lead sees it, too
    for (const one of site) {
      const answer = await fetch(`${one.server.url}/api/v2/alarms`, { headers: one.server.secret });
      expect(await answer.json()).toMatchObject({ mayAck: true, alarms: [{ level: 2, title: 'Urgent HIGH' }] });
    }
  });

  it('an acknowledgement at C silences everywhere, and a repeated one changes nothing', async () => {
    site[2]!.alarm.emit('ack', 2, 'default', 600_000);
    for (const one of site) await until(() => one.alarms.length > 0 && one.mirrored.length > 0, 'the all-clear');
    await until(() => posted.length > 0, 'the webhook');
    site[1]!.root.emit('ack', 2, 'default', 600_000);
    await site[0]!.v1('POST', 'entries', [sgv(305)]);
    await pause(1000);
    for (const one of site) {
      expect(heardAt(one)).toEqual(['clear_alarm All Clear']);
      expect(one.mirrored.map(({ event }) => event)).toEqual(['clear_alarm']);
    }
    expect(posted.map(({ event }) => event)).toEqual(['clear_alarm']);
  });

  it('an announcement made at B is heard once everywhere, and once outside', async () => {
    await site[1]!.v1('POST', 'treatments', [
      { eventType: 'Announcement', notes: 'Call home', isAnnouncement: true, created_at: new Date().toISOString() }
    ]);
    for (const one of site) await until(() => one.alarms.length > 0, 'the announcement');
    await until(() => posted.length > 0, 'the webhook');
    await pause(500);
    const [a, ...others] = site.map(heardAt);
    // while glucose is out of range it sounds as an alarm
    expect(a!.filter((text) => text.includes('Announcement'))).toHaveLength(1);
    for (const heard of others) expect(heard).toEqual(a);
    expect(posted.map(({ title }) => title)).toEqual(['Urgent Announcement']);
  });

  it('the leader closes: another one leads at once, keeps the silence, and repeats nothing outside', async () => {
    const [leader] = site.splice(0, 1);
    await leader!.close();
    await until(() => site.some(({ server }) => server.services.cluster!.status().leads), 'the next leader');
    expect(site.filter(({ server }) => server.services.cluster!.status().leads)).toHaveLength(1);
    await pause(700);
    for (const { alarms } of site) alarms.length = 0;
    posted.length = 0;
    await site[0]!.v1('POST', 'entries', [sgv(310)]);
    await pause(1000);
    for (const one of site) expect(heardAt(one).filter((text) => text.includes('HIGH'))).toEqual([]);
    expect(posted).toEqual([]);
  });

  it('Redis goes: those who cannot know of a leader sound alarms themselves; when it is back one leads', async () => {
    await redis.kill();
    await until(() => site.every(({ server }) => server.services.cluster!.status().leads), 'all leading');
    await redis.start();
    await until(() => site.filter(({ server }) => server.services.cluster!.status().leads).length === 1, 'one leading');
  });
});
