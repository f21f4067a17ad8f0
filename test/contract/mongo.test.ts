import pino from 'pino';
import { describe, it } from 'vitest';
import { createMongoStorage } from '../../src/storage/mongo/mongo.ts';
import { freshDatabase, mongoUrl } from '../support/mongo.ts';
import { settingsFor } from './mongo-settings.ts';
import { storageContract } from './storage-contract.ts';

if (mongoUrl()) {
  storageContract('MongoDB', async () => {
    const { url, drop } = await freshDatabase();
    return { storage: createMongoStorage(settingsFor(url), { log: pino({ level: 'silent' }) }), cleanup: drop };
  });
} else describe('storage contract: MongoDB', () => it.skip('no MongoDB in this run', () => {}));
