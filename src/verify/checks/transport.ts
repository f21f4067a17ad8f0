import { APPS, type Check, must } from '../check.ts';

/** Further off than this, AAPS refuses to work with the site, ms. */
const SKEW_MS = 10 * 60_000;
const NOTABLE_SKEW_MS = 30_000;
const SLOW_MS = 1500;

/** The way to the site. */
export const TRANSPORT_CHECKS: readonly Check[] = [
  {
    id: 'clock',
    title: 'the clock of the site is right',
    apps: APPS,
    needs: [],
    async run(probe) {
      const before = probe.visit.now();
      const { headers } = await probe.get('/api/v1/status.json');
      const date = Date.parse(headers.get('date') ?? '');
      must(!Number.isNaN(date), 'answers carry no Date');
      const middle = (before + probe.visit.now()) / 2;
      const skew = Math.abs(date - middle);
      const words = `the clocks of the site and of this computer are ${Math.round(skew / 1000)} seconds apart`;
      must(skew < SKEW_MS, words);
      if (skew > NOTABLE_SKEW_MS) probe.remark(words);
    }
  },
  {
    id: 'gzip',
    title: 'answers may come compressed, and are whole then',
    apps: APPS,
    needs: ['read'],
    async run(probe) {
      const plain = await probe.get('/api/v1/status.json', { headers: { 'accept-encoding': 'identity' } });
      must(!plain.headers.get('content-encoding'), 'an answer is compressed for who does not take that');
      const packed = await probe.get('/api/v1/status.json', { headers: { 'accept-encoding': 'gzip' } });
      must(packed.status === plain.status, `a compressed answer is ${packed.status}, a plain one ${plain.status}`);
      packed.json();
      if (!packed.headers.get('content-encoding')) probe.remark('answers are never compressed');
    }
  },
  {
    id: 'cors',
    title: 'pages of other sites are let in with api-secret, or not at all',
    apps: [],
    needs: [],
    async run(probe) {
      const answer = await probe.ask('OPTIONS', '/api/v1/entries.json', {
        as: 'stranger',
        headers: {
          origin: 'https://page.example',
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'api-secret'
        }
      });
      must(answer.status < 500, `a preflight is answered ${answer.status}`);
      const allowed = answer.headers.get('access-control-allow-origin');
      if (!allowed) return probe.remark('pages of other sites are not let in (ENABLE without cors)');
      const headers = answer.headers.get('access-control-allow-headers') ?? '';
      if (!/api-secret|\*/i.test(headers)) probe.remark('pages of other sites are let in, but not with api-secret');
    }
  },
  {
    id: 'latency',
    title: 'answers come before apps lose patience',
    apps: APPS,
    needs: [],
    async run(probe) {
      const times: number[] = [];
      for (let n = 0; n < 5; n++) {
        const began = performance.now();
        const { status } = await probe.get('/api/v1/status.json');
        must(status < 500, `status.json answered ${status}`);
        times.push(performance.now() - began);
      }
      const median = Math.round(times.sort((a, b) => a - b)[2]!);
      if (median > SLOW_MS) probe.remark(`an answer takes ${median} ms`);
    }
  }
];
