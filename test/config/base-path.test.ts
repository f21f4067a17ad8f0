import { expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';

// issue 7: BASE_URL names the path of a site; an existing site may carry anything in it

const read = (BASE_URL: string) => readConfig({ BASE_URL, DATA_DIR: '/data' });

it.each([
  ['https://host.example/nightscout', '/nightscout'],
  ['https://host.example/nightscout///', '/nightscout'],
  ['http://192.168.1.5:1337/a/b-c_d.e~f', '/a/b-c_d.e~f'],
  ['host.example/nightscout', '/nightscout'],
  ['https://host.example/a/../b', '/b'],
  ['https://host.example', ''],
  ['https://host.example/?token=x#y', ''],
  ['host.example:8080', ''],
  ['', ''],
  ['not an address at all', '']
])('%s: %s', (address, path) => {
  const { basePath, warnings } = read(address);
  expect([basePath, warnings]).toEqual([path, []]);
});

it.each([
  'https://host.example/api/v1/',
  'https://host.example/pebble',
  'https://host.example/a%20b',
  "https://host.example/a';b"
])('%s would hide routes or cannot stand in a header: the site stays at the top, with a warning', (address) => {
  const { basePath, warnings } = read(address);
  expect([basePath, warnings]).toEqual(['', [expect.stringMatching(/^BASE_URL ends in .* the path is ignored/)]]);
});
