import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';

const SITE = { API_SECRET: 'a-secret-for-tests-1', MONGODB_URI: 'mongodb://one.example/ns', REDIS_URL: 'redis://redis.example' };

describe('the settings of several processes', () => {
  it.for([
    ['no MongoDB', { ...SITE, MONGODB_URI: '' }, /MongoDB/],
    ['no API_SECRET', { ...SITE, API_SECRET: '' }, /API_SECRET/],
    ['no address of a Redis', { ...SITE, REDIS_URL: 'http://user:hidden-word@redis.example' }, /REDIS_URL/]
  ] as const)('%s: the start is refused with a sentence', ([, env, sentence]) => {
    expect(() => readConfig(env)).toThrow(sentence);
    expect(() => readConfig(env)).not.toThrow(/hidden-word/);
  });

  it('processes that reach the same database by different names have one prefix and one key for tokens', () => {
    const one = readConfig(SITE);
    const other = readConfig({ ...SITE, MONGODB_URI: 'mongodb://user:word@other.example:27017,third.example/ns?w=majority' });
    expect(other.redisPrefix).toBe(one.redisPrefix);
    expect(other.jwtSecret).toBe(one.jwtSecret);
    expect(one.redisPrefix).not.toContain(SITE.API_SECRET);
  });

  it('sites that share a Redis do not share names', () => {
    const prefixes = [
      SITE,
      { ...SITE, API_SECRET: 'a-secret-for-tests-2' },
      { ...SITE, MONGODB_URI: 'mongodb://one.example/other' },
      { ...SITE, ENTRIES_COLLECTION: 'other' },
      { ...SITE, REDIS_PREFIX: 'mine' }
    ].map((env) => readConfig(env).redisPrefix);
    expect(new Set(prefixes).size).toBe(5);
    expect(prefixes.at(-1)).toBe('mine');
  });

  it('without REDIS_URL nothing is derived', () => {
    expect(readConfig({ ...SITE, REDIS_URL: '' })).toMatchObject({
      redisUrl: undefined,
      redisPrefix: undefined,
      jwtSecret: undefined
    });
  });
});
