import { readFileSync } from 'node:fs';

/** What clients take us for: they compare name and version of the server they know (xDrip+ stops at versions below 0.9). */
export const REFERENCE = { name: 'nightscout', version: '15.0.7', versionNum: 150007, apiVersion: '3.0.3-alpha' } as const;

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };

/** Who we are; stands beside, under `server`. */
export const SERVER = { name: 'vigil', version: manifest.version } as const;
